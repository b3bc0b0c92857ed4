package dev.fetchwell.json;

import java.lang.annotation.Annotation;
import java.lang.reflect.Modifier;

/** What its owner can do about a type of which a Jackson can make no values, or nothing else. */
final class TypeAdvice {

  private static final String JACKSON_2 = "com.fasterxml.jackson.";
  private static final String JACKSON_3 = "tools.jackson.";

  /** One of the two, and where its module for Kotlin comes from. */
  enum Jackson {
    TWO("com.fasterxml.jackson.module:jackson-module-kotlin", "JacksonCodec2"),
    THREE("tools.jackson.module:jackson-module-kotlin", "JacksonCodec");

    private final String kotlin;
    private final String codec;

    Jackson(String kotlin, String codec) {
      this.kotlin = kotlin;
      this.codec = codec;
    }
  }

  private final Jackson jackson;
  private final Module databind;

  /**
   * Advice for users of a Jackson.
   *
   * @param databind the module that reflects on their types
   */
  TypeAdvice(Jackson jackson, Module databind) {
    this.jackson = jackson;
    this.databind = databind;
  }

  /** What to do about a type; an empty string if there is nothing that is known to help. */
  String on(Class<?> type) {
    String name = type.getName();
    if (name.startsWith(jackson == Jackson.TWO ? JACKSON_3 : JACKSON_2)) {
      return jackson == Jackson.TWO
          ? "a type of Jackson 2, as this codec is, or a usable Jackson 3"
          : "a type of Jackson 3, as this codec is, or codec(new JacksonCodec2())";
    }
    if (name.startsWith("java.")) {
      return onJavasOwn(type.getPackageName(), name);
    }
    if (isClosed(type)) {
      return opens(type);
    }
    if (isKotlin(type)) {
      return "a Kotlin class needs Jackson's Kotlin module: add "
          + jackson.kotlin
          + ", and set codec(new "
          + jackson.codec
          + "(mapper)) with a mapper that has it";
    }
    return onShape(type);
  }

  private String onJavasOwn(String where, String name) {
    if (jackson == Jackson.TWO && where.startsWith("java.time")) {
      return "add com.fasterxml.jackson.datatype:jackson-datatype-jsr310";
    }
    if (jackson == Jackson.TWO && name.startsWith("java.util.Optional")) {
      return "add com.fasterxml.jackson.datatype:jackson-datatype-jdk8";
    }
    return "";
  }

  private boolean isClosed(Class<?> type) {
    Module home = type.getModule();
    return home.isNamed() && !home.isOpen(type.getPackageName(), databind);
  }

  private String opens(Class<?> type) {
    String to = databind.isNamed() ? " to " + databind.getName() : "";
    return "'opens "
        + type.getPackageName()
        + to
        + ";' in the module-info of "
        + type.getModule().getName();
  }

  /** The language's own mark on its classes, which is known by name. */
  private static boolean isKotlin(Class<?> type) {
    for (Annotation mark : type.getAnnotations()) {
      if (mark.annotationType().getName().equals("kotlin.Metadata")) {
        return true;
      }
    }
    return false;
  }

  private static String onShape(Class<?> type) {
    if (type.isInterface() || Modifier.isAbstract(type.getModifiers())) {
      return type.isArray() || type.isPrimitive()
          ? ""
          : "a class that is not abstract, or @JsonTypeInfo and @JsonSubTypes on this one";
    }
    if (type.isMemberClass() && !Modifier.isStatic(type.getModifiers())) {
      return "a static class, as an inner one needs its outer object";
    }
    return "a record, or a class with a constructor without arguments, or @JsonCreator on one";
  }
}
