package dev.fetchwell.examples.benchmark.client;

import java.nio.charset.StandardCharsets;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/** The same Jackson for every client, with the reader looked up once, as its docs advise. */
public final class Json {

  /** What the server answers with. */
  public static final byte[] USER =
      "{\"id\":7,\"name\":\"Ada Lovelace\",\"email\":\"ada@example.com\"}"
          .getBytes(StandardCharsets.UTF_8);

  private static final ObjectReader READER = JsonMapper.shared().readerFor(User.class);

  private Json() {}

  /** Decodes a body. */
  public static User user(byte[] body) {
    return READER.readValue(body);
  }
}
