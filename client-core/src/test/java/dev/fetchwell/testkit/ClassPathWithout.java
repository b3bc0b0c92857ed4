package dev.fetchwell.testkit;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The tests' own class path once more, without some classes, as in a program that lacks them. */
public final class ClassPathWithout extends URLClassLoader {

  private final Pattern hidden;

  /** Everything but the classes whose names a regular expression matches. */
  public ClassPathWithout(String hidden) {
    super(classPath(), ClassLoader.getPlatformClassLoader());
    this.hidden = Pattern.compile(hidden);
  }

  private static URL[] classPath() {
    String[] entries = System.getProperty("java.class.path").split(File.pathSeparator, -1);
    URL[] urls = new URL[entries.length];
    try {
      for (int i = 0; i < entries.length; i++) {
        urls[i] = Path.of(entries[i]).toUri().toURL();
      }
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    }
    return urls;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (hidden.matcher(name).matches()) {
      throw new ClassNotFoundException(name);
    }
    return super.loadClass(name, resolve);
  }

  /** What a static method without arguments gives there. */
  public Object call(Class<?> type, String method) throws ReflectiveOperationException {
    return loadClass(type.getName()).getMethod(method).invoke(null);
  }
}
