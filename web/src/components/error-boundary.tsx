import { Component, type ReactNode } from "react";
import { say } from "../words";
import { Button } from "./button";
import { Notice } from "./notice";

/** Catches what fails while its children are shown, and says so in their place. */
export class ErrorBoundary extends Component<{ what: string; children: ReactNode }, { error?: Error }> {
  override state: { error?: Error } = {};

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    const retry = () => {
      this.setState({ error: undefined });
    };
    return (
      <Notice
        tone="bad"
        icon="alert"
        role="alert"
        testid="render-error"
        title={say("boundary.title", { what: this.props.what })}
        actions={<Button onClick={retry}>{say("boundary.again")}</Button>}
      >
        <code className="font-mono text-xs">{error.message}</code>
      </Notice>
    );
  }
}
