package dev.fetchwell.stream;

import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.FileError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The file of a download while it is not whole, locked against other downloads. */
final class PartialFile implements AutoCloseable {

  private final Path target;
  private final Path part;
  private final Path validatorFile;
  private final FileChannel channel;
  private CallFacts facts;
  private long size;

  private PartialFile(Path target, CallFacts facts, FileChannel channel, long size) {
    this.target = target;
    this.part = partOf(target);
    this.validatorFile = validatorOf(target);
    this.facts = facts;
    this.channel = channel;
    this.size = size;
  }

  /** Something that the disk may refuse. */
  private interface Step<T> {

    T run() throws IOException;
  }

  static PartialFile open(Path target, CallFacts facts) {
    Path part = partOf(target);
    try {
      if (Files.isDirectory(target)) {
        // Else this would be found out when all is there and gets its name.
        FileSystemException folder =
            new FileSystemException(target.toString(), null, "is a folder");
        throw new FileError(FileError.Kind.IS_FOLDER, target, facts, folder);
      }
      FileChannel channel = openLocked(part);
      while (!Files.exists(part)) {
        // A download in another process gave it its final name between our opening and locking.
        channel.close();
        channel = openLocked(part);
      }
      return new PartialFile(target, facts, channel, channel.size());
    } catch (FileInUse held) {
      throw new FileError(FileError.Kind.IN_USE, target, facts, held);
    } catch (IOException refused) {
      throw FileError.of(refused, target, facts);
    }
  }

  private static FileChannel openLocked(Path part) throws IOException {
    FileChannel channel =
        FileChannel.open(
            part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      locked = lock(channel);
    } finally {
      if (!locked) {
        channel.close();
      }
    }
    if (!locked) {
      throw new FileInUse("another download writes " + part.getFileName());
    }
    return channel;
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      @Nullable FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException heldByThisProcess) {
      return false;
    }
  }

  private static final class FileInUse extends IOException {

    private static final long serialVersionUID = 1L;

    private FileInUse(String message) {
      super(message);
    }
  }

  /** What errors from now on say about the call. */
  void facts(CallFacts now) {
    facts = now;
  }

  long size() {
    return size;
  }

  /** The validator of what is there, if it can be continued. */
  Optional<String> validator() {
    if (size == 0 || !Files.exists(validatorFile)) {
      return Optional.empty();
    }
    String text = io(() -> Files.readString(validatorFile, StandardCharsets.ISO_8859_1));
    // Whatever else stands there is not ours, or was not written to its end.
    return Optional.of(text).filter(value -> value.matches("[!-~][ -~]{0,1000}[!-~]"));
  }

  /** Begins again, with a validator for continuing if the server gave a strong one. */
  void restart(Optional<String> validator) {
    io(
        () -> {
          channel.truncate(0);
          channel.position(0);
          size = 0;
          if (validator.isPresent()) {
            Files.writeString(validatorFile, validator.get(), StandardCharsets.ISO_8859_1);
          } else {
            Files.deleteIfExists(validatorFile);
          }
          return size;
        });
  }

  void append(byte[] bytes, int count) {
    io(
        () -> {
          ByteBuffer rest = ByteBuffer.wrap(bytes, 0, count);
          while (rest.hasRemaining()) {
            size += channel.write(rest, size);
          }
          return size;
        });
  }

  String sha256() {
    return io(
        () -> {
          MessageDigest digest = sha256Digest();
          ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
          long position = 0;
          int count = channel.read(buffer, position);
          while (count > 0) {
            digest.update(buffer.flip());
            buffer.clear();
            position += count;
            count = channel.read(buffer, position);
          }
          return HexFormat.of().formatHex(digest.digest());
        });
  }

  /** Gives the file its final name. */
  Path finish() {
    return io(
        () -> {
          channel.force(true);
          // The lock is held meanwhile, so that nobody else begins to write what is moved.
          move();
          Files.deleteIfExists(validatorFile);
          channel.close();
          return target;
        });
  }

  private void move() throws IOException {
    try {
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException onlyPlain) {
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  void delete() {
    io(
        () -> {
          Files.deleteIfExists(validatorFile);
          Files.deleteIfExists(part);
          channel.close();
          return size;
        });
  }

  @Override
  public void close() {
    io(
        () -> {
          channel.close();
          return size;
        });
  }

  private <T> T io(Step<T> step) {
    try {
      return step.run();
    } catch (IOException refused) {
      throw FileError.of(refused, target, facts);
    }
  }

  private static MessageDigest sha256Digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-256", impossible);
    }
  }

  private static Path partOf(Path target) {
    return target.resolveSibling(target.getFileName() + ".part");
  }

  private static Path validatorOf(Path target) {
    return target.resolveSibling(target.getFileName() + ".part.etag");
  }
}
