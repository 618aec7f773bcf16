import { Component, type ReactNode } from "react";
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
        title={`${this.props.what} cannot be shown. Nothing is lost: it is in the session's log.`}
        actions={<Button onClick={retry}>Show again</Button>}
      >
        <code className="font-mono text-xs">{error.message}</code>
      </Notice>
    );
  }
}
