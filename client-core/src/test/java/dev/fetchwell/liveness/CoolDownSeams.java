package dev.fetchwell.liveness;

import dev.fetchwell.policy.CoolDown;
import java.util.stream.Stream;

/** What cool-downs call. */
final class CoolDownSeams {

  private CoolDownSeams() {}

  static Stream<Seam> all() {
    return Stream.of(
        new Seam("CoolDown.by function", CoolDownSeams::key),
        new Seam("CoolDown.by function at times", CoolDownSeams::keyAtTimes));
  }

  private static void key(Scene scene) {
    CoolDown policy =
        CoolDown.by(
            request -> {
              throw scene.raise();
            });
    Traffic.through(scene, scene.client(builder -> builder.coolDown(policy)));
  }

  private static void keyAtTimes(Scene scene) {
    boolean[] throwing = new boolean[1];
    CoolDown policy =
        CoolDown.by(
            request -> {
              throwing[0] = !throwing[0];
              if (throwing[0]) {
                throw scene.raise();
              }
              return "key";
            });
    Traffic.through(scene, scene.client(builder -> builder.coolDown(policy)));
  }
}
