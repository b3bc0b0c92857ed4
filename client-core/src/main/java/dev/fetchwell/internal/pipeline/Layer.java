package dev.fetchwell.internal.pipeline;

import java.util.List;

/** A function from the next stage to a stage around it: one concern, ready to be put in line. */
@FunctionalInterface
public interface Layer {

  /** The stage. */
  Stage around(Stage next);

  /** A concern that is not configured: it is not in line. */
  static Layer none() {
    return next -> next;
  }

  /** The whole pipeline: the layers, outermost first, around the wire. */
  static Stage onto(Stage wire, List<Layer> layers) {
    Stage stage = wire;
    for (int i = layers.size() - 1; i >= 0; i--) {
      stage = layers.get(i).around(stage);
    }
    return stage;
  }
}
