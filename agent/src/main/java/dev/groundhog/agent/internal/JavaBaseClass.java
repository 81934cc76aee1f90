package dev.groundhog.agent.internal;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;

/// A class of ours that lives in `java.base`, where the JDK's own code, or a library of ours in any
/// loader, can see it. Its bytes are an entry of the agent's jar.
public final class JavaBaseClass {
  private static final String FOLDER = "/META-INF/java.base/";

  private JavaBaseClass() {}

  /// The class `name`, which is defined by the first agent that asks, in whatever loader that is.
  ///
  /// @param neighbour a class of the same package, which has to be open to this module
  /// @throws IOException if the agent's jar does not have it
  public static Class<?> define(String name, Class<?> neighbour)
      throws IOException, ReflectiveOperationException {
    try (InputStream bytes =
        JavaBaseClass.class.getResourceAsStream(FOLDER + name.replace('.', '/') + ".class")) {
      if (bytes == null) {
        throw new IOException("the jar of the agent is damaged");
      }
      return MethodHandles.privateLookupIn(neighbour, MethodHandles.lookup())
          .defineClass(bytes.readAllBytes());
    } catch (LinkageError e) {
      return Class.forName(name, false, null);
    }
  }
}
