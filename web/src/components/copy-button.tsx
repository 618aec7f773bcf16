import { useState } from "react";
import { toast } from "../toasts";
import { IconButton } from "./button";

const SHOWN_MS = 1500;

export function CopyButton({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    if (!(await toClipboard(text))) {
      toast("This browser does not let the page copy (it needs https or localhost). Select the text instead.");
      return;
    }
    setCopied(true);
    setTimeout(() => {
      setCopied(false);
    }, SHOWN_MS);
  };
  return (
    <IconButton
      icon={copied ? "check" : "copy"}
      label={copied ? "Copied" : label}
      size={14}
      className="!size-7"
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
