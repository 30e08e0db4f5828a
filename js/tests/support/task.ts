import type { ShapeChange } from "../../src/core/shapes";
import type { TaskModule } from "../../src/core/task";
import type { Box } from "../../src/generated/schema";
import boundingBox from "../../src/tasks/bounding-box";

/** Stands for a decoded image. */
export interface FakeMedia {
  readonly index: number;
}

interface FakeTask extends TaskModule<readonly Box[], ShapeChange<Box>, FakeMedia> {
  /** Places whose media were decoded, and the media released. */
  readonly loaded: number[];
  readonly released: FakeMedia[];
  /** What the media of a place weigh; next to nothing where it is silent. */
  readonly weights: Map<number, number>;
  /** Places whose media cannot be decoded. */
  readonly broken: Set<number>;
  /** What the next decodings wait for. */
  decoding: Promise<void> | null;
}

/** Bounding boxes without a browser's images. */
export function fakeTask(): FakeTask {
  const loaded: number[] = [];
  const released: FakeMedia[] = [];
  const weights = new Map<number, number>();
  const broken = new Set<number>();
  return {
    ...boundingBox,
    entries: (value) => boundingBox.entries(value),
    loaded,
    released,
    weights,
    broken,
    decoding: null,
    async load(data, { index }) {
      await this.decoding;
      if (broken.has(index)) throw new Error("cannot decode");
      if (data?.getUint8(0) !== index) throw new Error("these are another item's media");
      loaded.push(index);
      return { index };
    },
    release: (media) => released.push(media),
    weight: ({ index }) => weights.get(index) ?? 1,
    mount() {
      throw new Error("there is no stage here");
    },
  };
}
