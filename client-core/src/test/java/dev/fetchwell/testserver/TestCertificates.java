package dev.fetchwell.testserver;

import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;

/**
 * Certificates for servers on loopback, and a client's trust in some of them. Made once: keys cost
 * time.
 */
public final class TestCertificates {

  private static final HeldCertificate AUTHORITY = authority();
  private static final HandshakeCertificates CLIENT =
      new HandshakeCertificates.Builder().addTrustedCertificate(AUTHORITY.certificate()).build();
  private static final SSLContext TRUSTED = server(AUTHORITY, "localhost", "127.0.0.1", "::1");
  private static final SSLContext UNTRUSTED = server(authority(), "localhost", "127.0.0.1", "::1");
  private static final SSLContext WRONG_HOST = server(AUTHORITY, "elsewhere.test");

  private TestCertificates() {}

  /** A server's context that {@link #client()} trusts, for localhost and its addresses. */
  public static SSLContext trusted() {
    return TRUSTED;
  }

  /** A server's context for localhost from an authority that nobody trusts. */
  public static SSLContext untrusted() {
    return UNTRUSTED;
  }

  /** A server's context that {@link #client()} trusts, but for another host's name. */
  public static SSLContext wrongHost() {
    return WRONG_HOST;
  }

  /** A client's context that trusts the tests' own authority and nothing else. */
  public static SSLContext client() {
    return CLIENT.sslContext();
  }

  /**
   * The trust manager of {@link #client()}, for libraries that ask for it beside the socket
   * factory.
   */
  public static X509TrustManager clientTrustManager() {
    return CLIENT.trustManager();
  }

  private static HeldCertificate authority() {
    return new HeldCertificate.Builder().certificateAuthority(0).build();
  }

  private static SSLContext server(HeldCertificate authority, String... names) {
    HeldCertificate.Builder certificate =
        new HeldCertificate.Builder().commonName(names[0]).signedBy(authority);
    for (String name : names) {
      certificate.addSubjectAlternativeName(name);
    }
    return new HandshakeCertificates.Builder()
        .heldCertificate(certificate.build(), authority.certificate())
        .build()
        .sslContext();
  }
}
