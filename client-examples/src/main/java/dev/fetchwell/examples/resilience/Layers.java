package dev.fetchwell.examples.resilience;

import dev.fetchwell.examples.quickstart.Section;
import java.util.List;

/** The layers that a client may have, one section each. */
public final class Layers {

  private Layers() {}

  /** All of them. */
  public static List<Section> all() {
    return List.of(
        new Breaking(),
        new Pacing(),
        new CoolingDown(),
        new Hedging(),
        new Adapting(),
        new Sharing(),
        new Preparing(),
        new Guarding());
  }
}
