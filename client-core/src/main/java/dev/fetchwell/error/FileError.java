package dev.fetchwell.error;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/** A local file could not be written or read, such as the target of a download. */
public final class FileError extends FetchError {

  /** What is wrong with the file. */
  public enum Kind {
    /** The disk, or the user's share of it, is full. */
    NO_SPACE("no space left"),
    /** The process is not allowed to do that there. */
    PERMISSION("not permitted"),
    /** The folder does not exist. */
    NOT_FOUND("folder not found (create it first)"),
    /** Another download is writing it. */
    IN_USE("in use by another download"),
    /** A folder stands where the file is to be. */
    IS_FOLDER("it is a folder (expected: the path of a file)"),
    /** Anything else; see the cause. */
    OTHER("input or output failed");

    private final String what;

    Kind(String what) {
      this.what = what;
    }
  }

  private static final long serialVersionUID = 1L;

  private final Kind kind;
  private final transient Path path;

  /** Creates an error. */
  public FileError(Kind kind, Path path, CallFacts facts, IOException cause) {
    super(
        problem(
            Objects.requireNonNull(kind, "kind"),
            Objects.requireNonNull(path, "path"),
            Objects.requireNonNull(cause, "cause")),
        facts,
        cause);
    this.kind = kind;
    this.path = path;
  }

  private FileError(FileError other, CallFacts facts) {
    super(other, facts);
    this.kind = other.kind;
    this.path = other.path;
  }

  @Override
  FileError copy(CallFacts others) {
    return new FileError(this, others);
  }

  private static String problem(Kind kind, Path path, IOException cause) {
    Path folder = path.toAbsolutePath().getParent();
    Object shown = kind == Kind.NOT_FOUND && folder != null ? folder : path;
    String reason =
        cause instanceof FileSystemException named ? named.getReason() : cause.getMessage();
    boolean says = kind == Kind.OTHER && reason != null;
    return kind.what + ": " + shown + (says ? ": " + reason : "") + " [" + kind + "]";
  }

  /** The error for an exception; Java has no type of its own for a full disk. */
  public static FileError of(IOException cause, Path path, CallFacts facts) {
    Objects.requireNonNull(cause, "cause");
    String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    Kind kind = Kind.OTHER;
    if (cause instanceof AccessDeniedException
        || text.contains("permission denied")
        || text.contains("read-only file system")) {
      kind = Kind.PERMISSION;
    } else if (cause instanceof NoSuchFileException) {
      kind = Kind.NOT_FOUND;
    } else if (text.contains("no space")
        || text.contains("quota")
        || text.contains("not enough space")
        || text.contains("file too large")) {
      kind = Kind.NO_SPACE;
    }
    return new FileError(kind, path, facts, cause);
  }

  /** What is wrong with the file. */
  public Kind kind() {
    return kind;
  }

  /** The file. */
  public Path path() {
    return path;
  }
}
