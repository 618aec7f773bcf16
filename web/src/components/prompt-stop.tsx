import { useEffect, useEffectEvent, useState } from "react";
import { say } from "../words";
import { Button } from "./button";
import { once } from "./once";
import { useCommands } from "./use-commands";

/** ms within which the second Escape counts. */
const AGAIN_MS = 3000;

/** Stops the turn: by a click, or by Escape twice, wherever the focus is. The first Escape is never another turn's. */
export function StopButton({ turn, onStop }: { turn: string; onStop: () => void }) {
  const [armedFor, setArmedFor] = useState<string>();
  const armed = armedFor === turn;
  const pressed = useEffectEvent(() => {
    if (armed) onStop();
    setArmedFor(armed ? undefined : turn);
  });
  useCommands(() => [{ id: "stop", words: say("command.stop"), icon: "stop", run: onStop }]);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || event.repeat || event.isComposing) return;
      if (!document.querySelector("dialog[open]")) pressed(); // there Escape closes it
    };
    window.addEventListener("keydown", onKeyDown);
    return () => {
      window.removeEventListener("keydown", onKeyDown);
    };
  }, []);
  useEffect(() => {
    if (armedFor === undefined) return;
    const timer = setTimeout(() => { setArmedFor(undefined); }, AGAIN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [armedFor]);
  return (
    <>
      <Button look="danger" icon="stop" testid="stop" title={say("composer.stop.keys")} onClick={once(onStop)}>
        {armed ? say("composer.stop.again") : say("composer.stop")}
      </Button>
      <span role="status" className="sr-only">{armed && say("composer.stop.again")}</span>
    </>
  );
}
