package dev.fetchwell.internal.okhttp;

import dev.fetchwell.internal.text.HostNames;
import okhttp3.HttpUrl;

/** OkHttp's own way, so that what we take for the host is what it connects to. */
public final class OkHttpHostNames implements HostNames {

  /** For the service loader. */
  public OkHttpHostNames() {}

  @Override
  public String toAscii(String host) {
    try {
      return new HttpUrl.Builder().scheme("http").host(host).build().host();
    } catch (IllegalArgumentException noName) {
      return "";
    }
  }
}
