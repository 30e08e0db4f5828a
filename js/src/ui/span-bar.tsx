import { GRANULARITIES, type Granularity } from "../core/segments";
import { excerpt, type IdenticalSearch, type SpanScene } from "../tools/spans";

const NAMES: Record<Granularity, string> = { character: "Character", word: "Word", sentence: "Sentence" };

/** What a selection is made of, and the search for places that read alike. */
export function SpanBar({ scene }: { scene: SpanScene }) {
  const search = scene.search.value;
  return (
    <div class="bar-of-text">
      {search ? (
        <Identical scene={scene} search={search} />
      ) : (
        <>
          <fieldset class="segmented" aria-label="Select by">
            {GRANULARITIES.map((granularity) => (
              <button
                key={granularity}
                type="button"
                data-nblabel-granularity={granularity}
                aria-pressed={scene.granularity.value === granularity}
                title={`Select by ${granularity} (G); hold Alt to drag by character`}
                onClick={() => {
                  scene.granularity.value = granularity;
                }}
              >
                {NAMES[granularity]}
              </button>
            ))}
          </fieldset>
          {(scene.selected.value || scene.marked.value) && (
            <button type="button" class="button" data-nblabel-action="identical" onClick={scene.searchIdentical}>
              Label all that read alike <kbd>X</kbd>
            </button>
          )}
        </>
      )}
    </div>
  );
}

function Identical({ scene, search }: { scene: SpanScene; search: IdenticalSearch }) {
  const count = scene.found.value.length;
  return (
    <fieldset class="identical" aria-label="Label all that read alike" data-nblabel="identical">
      <b dir="auto">“{excerpt(scene.text.value, search.piece)}”</b>
      <span>{count === 0 ? "no other place" : count === 1 ? "1 more place" : `${count} more places`}</span>
      <Option text="Whole word" option="wholeWord" scene={scene} search={search} />
      <Option text="Match case" option="matchCase" scene={scene} search={search} />
      <button type="button" class="button primary" data-nblabel-action="label-identical" onClick={scene.labelIdentical}>
        Label {search.label} <kbd>↵</kbd>
      </button>
      <button
        type="button"
        class="button"
        onClick={() => {
          scene.search.value = null;
        }}
      >
        Cancel <kbd>Esc</kbd>
      </button>
    </fieldset>
  );
}

function Option({ text, option, scene, search }: { text: string; option: "wholeWord" | "matchCase"; scene: SpanScene; search: IdenticalSearch }) {
  return (
    <button
      type="button"
      class="button option"
      data-nblabel-option={option}
      aria-pressed={search[option]}
      onClick={() => {
        scene.search.value = { ...search, [option]: !search[option] };
      }}
    >
      {text}
    </button>
  );
}
