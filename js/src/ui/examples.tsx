import { useEffect, useRef, useState } from "preact/hooks";
import type { Shell } from "./shell";

/** Images of what is right and what is wrong; they are asked for when somebody looks. */
export function Examples<Value, Change, Media>({ labeler }: Pick<Shell<Value, Change, Media>, "labeler">) {
  const { good, bad } = labeler.view.examples;
  const places = (count: number, first: number) => Array.from({ length: count }, (_, place) => first + place);
  return (
    <>
      {good > 0 && <Row labeler={labeler} title="Good" kind="good" places={places(good, 0)} />}
      {bad > 0 && <Row labeler={labeler} title="Bad" kind="bad" places={places(bad, good)} />}
    </>
  );
}

interface RowProps {
  labeler: { example(place: number): Promise<ImageBitmap> };
  title: string;
  kind: "good" | "bad";
  places: readonly number[];
}

function Row({ labeler, title, kind, places }: RowProps) {
  return (
    <section class={`examples ${kind}`} aria-label={`${title} examples`}>
      <h3>{title}</h3>
      <div>
        {places.map((place, number) => (
          <Example key={place} labeler={labeler} place={place} text={`${title} example ${number + 1}`} />
        ))}
      </div>
    </section>
  );
}

function Example({ labeler, place, text }: { labeler: RowProps["labeler"]; place: number; text: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  useEffect(() => {
    let here = true;
    labeler.example(place).then(
      (bitmap) => {
        if (here && canvas.current) {
          canvas.current.width = bitmap.width;
          canvas.current.height = bitmap.height;
          canvas.current.getContext("2d")?.drawImage(bitmap, 0, 0);
        }
        bitmap.close();
      },
      (error: Error) => here && setTrouble(error.message),
    );
    return () => {
      here = false;
    };
  }, [labeler, place]);
  return trouble === null ? <canvas ref={canvas} width={160} height={120} role="img" aria-label={text} /> : <p class="faint">{trouble}</p>;
}
