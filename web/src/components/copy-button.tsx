import { useState } from "react";
import { toast } from "../toasts";
import { say } from "../words";
import { IconButton } from "./button";
import type { IconName } from "./icons";

const SHOWN_MS = 1500;

/** Copies a text, or what a function makes of what is shown now; says that it did. */
export function CopyButton({ text, label, icon = "copy", testid, className = "!size-7" }: {
  text: string | (() => string);
  label: string;
  icon?: IconName;
  testid?: string;
  className?: string;
}) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    if (!(await toClipboard(typeof text === "string" ? text : text()))) {
      toast(say("copy.refused"));
      return;
    }
    setCopied(true);
    setTimeout(() => {
      setCopied(false);
    }, SHOWN_MS);
  };
  return (
    <IconButton
      icon={copied ? "check" : icon}
      label={copied ? say("copy.copied") : label}
      size={14}
      testid={testid}
      className={className}
      onClick={() => void copy()}
    />
  );
}

async function toClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // forbidden, or no secure context: the caller says so
  }
}
