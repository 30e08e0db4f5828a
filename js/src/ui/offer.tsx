import { Button } from "./button";
import type { Shell } from "./shell";

/** What waits to be accepted, with buttons for those who have no keys at hand. */
export function OfferBar<Value, Change, Media>({ editor, keyFor, focusStage }: Shell<Value, Change, Media>) {
  const offer = editor.offer?.value;
  if (!offer) return null;
  return (
    <div class={`offer ${offer.failed ? "failed" : ""}`} role="status" data-nblabel={offer.ready ? "proposal" : "offer"}>
      {!offer.ready && !offer.failed && <i class="busy" />}
      <span>{offer.text}</span>
      {offer.ready && (
        <Button
          title="Accept"
          action="accept"
          kind="primary"
          badge={keyFor("submit")}
          run={() => {
            editor.finish();
            focusStage();
          }}
        >
          Accept
        </Button>
      )}
      <Button
        title="Drop"
        action="drop"
        badge="Esc"
        run={() => {
          editor.cancel();
          focusStage();
        }}
      >
        Drop
      </Button>
    </div>
  );
}
