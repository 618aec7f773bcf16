#!/bin/sh
# cursor-sdk's launcher under another name: by a link, which the launcher itself would not bear.
exec "$(dirname "$(readlink -f "$0")")/python/cursor/cursor_sdk/_vendor/bridge/bin/cursor-sdk-bridge" "$@"
