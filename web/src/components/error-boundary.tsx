import { Component, type ReactNode } from "react";
import { say } from "../words";
import { Button } from "./button";
import { Notice } from "./notice";

interface CatchProps {
  /** What stands in the children's place; `again` shows them once more. */
  shown: (error: Error, again: () => void) => ReactNode;
  children: ReactNode;
}

/** Catches what fails while its children are shown. */
export class Catch extends Component<CatchProps, { error?: Error }> {
  override state: { error?: Error } = {};

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render() {
    const { error } = this.state;
    return error ? this.props.shown(error, () => { this.setState({ error: undefined }); }) : this.props.children;
  }
}

/** Says in their place that the children failed. */
export function ErrorBoundary({ what, children }: { what: string; children: ReactNode }) {
  const shown = (error: Error, again: () => void) => (
    <Notice
      tone="bad"
      icon="alert"
      role="alert"
      testid="render-error"
      title={say("boundary.title", { what })}
      actions={<Button onClick={again}>{say("boundary.again")}</Button>}
    >
      <code className="font-mono text-xs">{error.message}</code>
    </Notice>
  );
  return <Catch shown={shown}>{children}</Catch>;
}
