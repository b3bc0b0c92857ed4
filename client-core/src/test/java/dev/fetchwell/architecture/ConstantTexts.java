package dev.fetchwell.architecture;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The strings that a class's code loads, as its class file has them (JVMS 4.4). */
final class ConstantTexts {

  private static final int UTF8 = 1;
  private static final int STRING = 8;

  private ConstantTexts() {}

  static Set<String> of(Class<?> type) throws IOException {
    String file = "/" + type.getName().replace('.', '/') + ".class";
    try (DataInputStream in = new DataInputStream(type.getResourceAsStream(file))) {
      in.skipNBytes(8);
      return read(in);
    }
  }

  private static Set<String> read(DataInputStream in) throws IOException {
    Map<Integer, String> texts = new HashMap<>();
    Set<Integer> strings = new TreeSet<>();
    int count = in.readUnsignedShort();
    for (int index = 1; index < count; index++) {
      int tag = in.readUnsignedByte();
      switch (tag) {
        case UTF8 -> texts.put(index, in.readUTF());
        case STRING -> strings.add(in.readUnsignedShort());
        case 7, 16, 19, 20 -> in.skipNBytes(2);
        case 15 -> in.skipNBytes(3);
        case 3, 4, 9, 10, 11, 12, 17, 18 -> in.skipNBytes(4);
        case 5, 6 -> {
          in.skipNBytes(8);
          index++; // They count twice.
        }
        default -> throw new IOException("constant of kind " + tag);
      }
    }
    Set<String> loaded = new TreeSet<>();
    strings.forEach(index -> loaded.add(texts.get(index)));
    return loaded;
  }
}
