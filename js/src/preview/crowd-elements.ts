/**
 * What a template of Ground Truth is shown with where Amazon's own elements are not loaded: something to read and to press, plainly no more than that.
 *
 * The names of elements, attributes, regions and answers are those of the developer guide, "Crowd HTML Elements reference".
 */
import css from "./crowd-elements.css";

type Answers = Record<string, unknown>;

interface Box {
  readonly label?: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function make(tag: string, className: string, text = ""): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** Reads JSON of an attribute, also with the single quotes that the guide's examples have; null where it is neither. */
function parsed(element: Element, name: string): unknown {
  const text = element.getAttribute(name);
  if (text === null) return null;
  for (const form of [text, text.replaceAll("'", '"')]) {
    try {
      return JSON.parse(form);
    } catch {
      // the other form
    }
  }
  return null;
}

/** What all previews have in common: a shadow root that is built once the content is there. */
abstract class Preview extends HTMLElement {
  private built = false;

  connectedCallback(): void {
    if (this.built) return;
    this.built = true;
    // Content of elements that the parser has only begun comes later.
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => this.show(), { once: true });
    else this.show();
  }

  private show(): void {
    const shadow = this.attachShadow({ mode: "open" });
    const style = document.createElement("style");
    style.textContent = css;
    shadow.append(style, ...this.build());
  }

  protected abstract build(): HTMLElement[];

  /** The part of the content that is a region of the guide's, as it stands. */
  protected region(name: string): HTMLElement {
    const slot = document.createElement("slot");
    slot.name = name;
    for (const child of this.children) if (child.localName === name) child.setAttribute("slot", name);
    return slot;
  }
}

class Form extends Preview {
  protected build(): HTMLElement[] {
    const shown = make("output", "answer");
    this.addEventListener("nblabel-answer", (event) => {
      shown.textContent = `This would be handed in: ${JSON.stringify((event as CustomEvent<Answers>).detail)}`;
    });
    const own = this.querySelector('crowd-button[form-action="submit"]') === null ? [submitButton(this)] : [];
    return [make("p", "note", "Preview: Amazon's own elements look and work otherwise."), document.createElement("slot"), ...own, shown];
  }

  submit(): void {
    if (!this.dispatchEvent(new Event("submit", { cancelable: true }))) return;
    const answers: Answers = {};
    for (const field of this.querySelectorAll<HTMLInputElement>("input[name], textarea[name], select[name]")) answers[field.name] = field.value;
    for (const element of this.querySelectorAll<Task>(TASKS.join())) {
      answers[element.getAttribute("name") ?? element.localName] = element.answer();
    }
    const told = { detail: answers };
    this.dispatchEvent(new CustomEvent("nblabel-answer", told));
    globalThis.parent.postMessage({ nblabel: "answer", answers }, "*");
  }
}

function submitButton(form: Form): HTMLElement {
  const button = make("button", "submit", "Submit");
  button.addEventListener("click", () => form.submit());
  return button;
}

class Button extends Preview {
  protected build(): HTMLElement[] {
    const button = make("button", "submit");
    button.append(document.createElement("slot"));
    if (this.getAttribute("form-action") === "submit") button.addEventListener("click", () => this.closest<Form>("crowd-form")?.submit());
    return [button];
  }
}

/** An element that asks something of an object. */
class Task extends Preview {
  private readonly chosen = new Set<string>();

  answer(): unknown {
    const names = [...this.chosen];
    if (this.localName.endsWith("-multi-select")) return { labels: names };
    return this.localName.endsWith("classifier") ? { label: names[0] ?? null } : {};
  }

  protected build(): HTMLElement[] {
    const [left, right] = [make("div", "side"), make("div", "main")];
    left.append(this.region("short-instructions"), this.instructions());
    right.append(make("h2", "", this.getAttribute("header") ?? ""), this.target(), this.classes());
    if (!this.localName.includes("classifier")) right.append(make("p", "note", "Drawing is not part of this preview."));
    right.append(this.region("worker-comment"));
    const body = make("div", "task");
    body.append(left, right);
    return [body];
  }

  private instructions(): HTMLElement {
    const details = make("details", "");
    details.append(make("summary", "", "Full instructions"), this.region("full-instructions"));
    return details;
  }

  private target(): HTMLElement {
    const target = make("div", "target");
    const source = this.getAttribute("src");
    if (source === null) {
      target.append(this.region("classification-target"));
      const text = this.getAttribute("text");
      if (text !== null) target.append(make("p", "text", text));
      return target;
    }
    const image = document.createElement("img");
    image.src = source;
    image.alt = "";
    image.addEventListener("load", () => target.append(...this.present(image)));
    image.addEventListener("error", () => target.append(make("p", "bad", "The image cannot be shown.")));
    target.append(image);
    return target;
  }

  /** The labels that are there already, over the image. */
  private present(image: HTMLImageElement): HTMLElement[] {
    const value = (parsed(this, "initial-value") ?? parsed(this, "overlay")) as { boundingBox?: { value?: unknown }; src?: string } | null;
    const boxes = Array.isArray(value) ? value : value?.boundingBox?.value;
    const mask = value?.src ?? (value as { semanticSegmentation?: { src?: string } } | null)?.semanticSegmentation?.src;
    if (typeof mask === "string") {
      const over = document.createElement("img");
      over.className = "mask";
      over.src = mask;
      return [over];
    }
    return Array.isArray(boxes) ? boxes.map((box: Box) => boxOver(box, image)) : [];
  }

  private classes(): HTMLElement {
    const row = make("div", "classes");
    const names = (parsed(this, "labels") ?? parsed(this, "categories")) as unknown;
    if (!Array.isArray(names)) {
      row.append(make("p", "bad", "Its classes are no JSON list: labels= or categories= is wrong."));
      return row;
    }
    for (const one of names)
      row.append(this.choice(typeof one === "object" && one !== null ? String((one as { label: unknown }).label) : String(one)));
    return row;
  }

  private choice(name: string): HTMLElement {
    const button = make("button", "choice", name);
    button.addEventListener("click", () => {
      const several = this.localName.endsWith("-multi-select");
      if (this.chosen.has(name)) this.chosen.delete(name);
      else {
        if (!several) this.chosen.clear();
        this.chosen.add(name);
      }
      for (const other of button.parentElement?.children ?? []) other.setAttribute("aria-pressed", String(this.chosen.has(other.textContent ?? "")));
    });
    button.setAttribute("aria-pressed", "false");
    return button;
  }
}

function boxOver({ label, left, top, width, height }: Box, { naturalWidth, naturalHeight }: HTMLImageElement): HTMLElement {
  const made = make("div", "box");
  made.append(make("span", "", label ?? ""));
  const share = (part: number, of: number): string => `${(100 * part) / of}%`;
  Object.assign(made.style, {
    left: share(left, naturalWidth),
    top: share(top, naturalHeight),
    width: share(width, naturalWidth),
    height: share(height, naturalHeight),
  });
  return made;
}

const TASKS = [
  "crowd-bounding-box",
  "crowd-semantic-segmentation",
  "crowd-instance-segmentation",
  "crowd-keypoint",
  "crowd-polygon",
  "crowd-polyline",
  "crowd-line",
  "crowd-image-classifier",
  "crowd-image-classifier-multi-select",
  "crowd-classifier",
  "crowd-classifier-multi-select",
  "crowd-entity-annotation",
];

customElements.define("crowd-form", Form);
customElements.define("crowd-button", Button);
for (const name of TASKS) customElements.define(name, class extends Task {});
