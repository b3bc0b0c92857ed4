package dev.fetchwell.internal.okhttp;

import dev.fetchwell.policy.AddressGuard;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import okhttp3.Dns;

/**
 * A client's own Dns, as it is. OkHttp gives no call a connection of another Dns than its own, so
 * clients with unlike guards share a pool, but not its connections: a guarded call is not led to
 * one that only other clients may have.
 */
record GuardedDns(Dns own, AddressGuard guard) implements Dns {

  @Override
  public List<InetAddress> lookup(String hostname) throws UnknownHostException {
    return own.lookup(hostname);
  }

  @Override
  public Call newCall(Request request) {
    return own.newCall(request);
  }
}
