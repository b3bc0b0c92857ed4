package dev.fetchwell.internal.text;

import java.util.ServiceLoader;

/**
 * Host names outside ASCII. The JDK has only IDNA 2003, in which {@code faß.de} is {@code fass.de},
 * the domain of somebody else; what has the tables of IDNA 2008 is the wire, which is on a higher
 * floor. So this one asks for it by {@link ServiceLoader}: an address is parsed in many places,
 * most of them static, and all have to come to the same host.
 */
@FunctionalInterface
public interface HostNames {

  /**
   * A name as DNS has it, by UTS 46 without its transitional mappings; empty if it is no name.
   *
   * @param host with characters outside ASCII
   */
  String toAscii(String host);

  /** Those of the wire. Without one, no such name can be known: each is refused. */
  static HostNames known() {
    return Found.NAMES;
  }

  /** Looked for when a name outside ASCII is first met. */
  final class Found {

    private static final HostNames NAMES =
        ServiceLoader.load(HostNames.class, HostNames.class.getClassLoader())
            .findFirst()
            .orElse(host -> "");

    private Found() {}
  }
}
