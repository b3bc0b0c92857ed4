package dev.fetchwell.internal.text;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** IP addresses as text, read without ever asking DNS. */
public final class IpLiteral {

  private static final String OCTET = "(0|[1-9][0-9]{0,2})";
  private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");

  /** It begins so that the JDK takes it for no name, whatever follows. */
  private static final Pattern IPV6 =
      Pattern.compile("[0-9a-fA-F]*:[0-9a-fA-F:]*((?<=:)" + IPV4.pattern() + ")?");

  private static final Pattern NUMBER = Pattern.compile("[0-9]+|0[xX][0-9a-fA-F]*");
  private static final int MAX_OCTET = 255;
  private static final int IPV4_BYTES = 4;

  private IpLiteral() {}

  /**
   * The bytes of an address: four, also for one of IPv4 that is written as one of IPv6 ({@code
   * ::ffff:1.2.3.4}), else sixteen. None if it is no address in its usual form, such as one with
   * leading zeros, which some take for octal.
   */
  public static byte[] bytes(String text) {
    if (IPV4.matcher(text).matches()) {
      return ipv4(text);
    }
    if (!IPV6.matcher(text).matches()) {
      return new byte[0];
    }
    try {
      return InetAddress.getByName(text).getAddress();
    } catch (UnknownHostException noAddress) {
      return new byte[0];
    }
  }

  private static byte[] ipv4(String text) {
    byte[] bytes = new byte[IPV4_BYTES];
    String[] octets = text.split("\\.", -1);
    for (int i = 0; i < IPV4_BYTES; i++) {
      int octet = Integer.parseInt(octets[i]);
      if (octet > MAX_OCTET) {
        return new byte[0];
      }
      bytes[i] = (byte) octet;
    }
    return bytes;
  }

  /**
   * Whether a host's name ends in a number, so that no name server knows it, but many a program
   * takes it for an address of IPv4: {@code 2130706433}, {@code 0x7f.1}, {@code 0177.0.0.1} (<a
   * href="https://url.spec.whatwg.org/#ends-in-a-number-checker">URL Standard</a>).
   */
  public static boolean endsInNumber(String host) {
    String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    return NUMBER.matcher(name.substring(name.lastIndexOf('.') + 1)).matches();
  }
}
