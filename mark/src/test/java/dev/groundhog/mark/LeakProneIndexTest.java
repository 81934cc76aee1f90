package dev.groundhog.mark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.mark.LeakProneIndex.Function;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeakProneIndexTest {
  @TempDir Path folder;

  @Test
  void whatTheProcessorWroteIsReadBack() throws Exception {
    Compiled program =
        new Compiled(folder)
            .write(
                "acme/A.java",
                "package acme; class A { @dev.groundhog.mark.LeakProne(\"ö\") A() {}"
                    + " @dev.groundhog.mark.LeakProne void a() {} }");
    assertThat(program.javac("acme/A.java")).as(program.said()).isTrue();
    LeakProneIndex index = read(program.classes());
    assertThat(index.functions())
        .containsExactly(
            new Function("acme.A.<init>", Optional.of("ö")),
            new Function("acme.A.a", Optional.empty()));
    assertThat(index.warnings()).isEmpty();
  }

  @Test
  void filesOfJarsAndFoldersAndOfSeveralLoadersAreReadOnce() throws Exception {
    Path jar = folder.resolve("a.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      out.putNextEntry(new JarEntry(LeakProneIndex.RESOURCE));
      out.write("b.B.b\tfirst\na.A.a\n".getBytes(StandardCharsets.UTF_8));
    }
    Path classes = index("b.B.b\tsecond\nc.C.c\n");
    try (URLClassLoader parent = loader(jar);
        URLClassLoader child = new URLClassLoader(new URL[] {url(classes)}, parent)) {
      LeakProneIndex index = LeakProneIndex.read(List.of(parent, child, parent));
      assertThat(index.functions())
          .containsExactly(
              new Function("a.A.a", Optional.empty()),
              new Function("b.B.b", Optional.of("first")),
              new Function("c.C.c", Optional.empty()));
      assertThat(index.warnings()).isEmpty();
    }
  }

  @Test
  void aLineThatNamesNoFunctionIsPassedOverAndTold() throws Exception {
    Path classes =
        index(
            "# says nothing\na.A.a\r\n\n/(a+)+/\nnoClass\n a.A.b\na..b\na.*\nz.Z.<clinit>\nb.B.b\t\n");
    LeakProneIndex index = read(classes);
    assertThat(index.functions()).extracting(Function::name).containsExactly("a.A.a", "b.B.b");
    assertThat(index.functions().getLast().reason()).isEmpty();
    assertThat(index.warnings())
        .hasSize(6)
        .allMatch(text -> text.contains(LeakProneIndex.RESOURCE))
        .first()
        .asString()
        .endsWith(LeakProneIndex.RESOURCE + ":4: '/(a+)+/' names no function");
  }

  @Test
  void beyondItsBoundAFileIsNotRead() throws Exception {
    String line = "a.A.a\t" + "x".repeat(1000) + "\n";
    String text = line.repeat(LeakProneIndex.MAX_FILE_BYTES / line.length());
    LeakProneIndex index = read(index(text + "b.B.b" + "y".repeat(line.length()) + "\nc.C.c\n"));
    assertThat(index.functions()).extracting(Function::name).containsExactly("a.A.a");
    assertThat(index.warnings()).singleElement().asString().contains("only the first");
  }

  @Test
  void beyondTheirBoundFunctionsAreNotRead() throws Exception {
    String text =
        IntStream.rangeClosed(0, LeakProneIndex.MAX_FUNCTIONS)
            .mapToObj(i -> "a.A.f" + i)
            .collect(Collectors.joining("\n"));
    LeakProneIndex index = read(index(text));
    assertThat(index.functions()).hasSize(LeakProneIndex.MAX_FUNCTIONS);
    assertThat(index.warnings()).singleElement().asString().contains("more than 10000 functions");
  }

  @Test
  void beyondTheirBoundFilesAreNotRead() throws Exception {
    List<URL> files = new ArrayList<>();
    Path file = index("a.A.a\n").resolve(LeakProneIndex.RESOURCE);
    for (int i = 0; i <= LeakProneIndex.MAX_FILES; i++) {
      files.add(URI.create(file.toUri() + "#" + i).toURL());
    }
    LeakProneIndex index = LeakProneIndex.read(List.of(showing(files)));
    assertThat(index.functions()).hasSize(1);
    assertThat(index.warnings()).singleElement().asString().contains("more than 1000 files");
  }

  @Test
  void aLoaderThatFailsAndAFileThatIsGoneKeepNobodyFromTheOthers() throws Exception {
    ClassLoader failing =
        new ClassLoader(null) {
          @Override
          public Enumeration<URL> getResources(String name) {
            throw new IllegalStateException("stopped");
          }
        };
    ClassLoader gone = showing(List.of(url(folder.resolve("gone"))));
    try (URLClassLoader good = loader(index("a.A.a\n"))) {
      LeakProneIndex index = LeakProneIndex.read(List.of(failing, gone, good));
      assertThat(index.functions()).hasSize(1);
      assertThat(index.warnings())
          .satisfiesExactly(
              text -> assertThat(text).contains("a class loader does not show", "stopped"),
              text -> assertThat(text).contains("gone cannot be read"));
    }
  }

  private static ClassLoader showing(List<URL> files) {
    return new ClassLoader(null) {
      @Override
      public Enumeration<URL> getResources(String name) {
        return Collections.enumeration(files);
      }
    };
  }

  private Path index(String text) throws IOException {
    Path root = folder.resolve("classes-" + Integer.toHexString(text.hashCode()));
    Path file = root.resolve(LeakProneIndex.RESOURCE);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    return root;
  }

  private static LeakProneIndex read(Path classes) throws IOException {
    try (URLClassLoader loader = loader(classes)) {
      return LeakProneIndex.read(List.of(loader));
    }
  }

  private static URLClassLoader loader(Path path) throws IOException {
    return new URLClassLoader(new URL[] {url(path)}, null);
  }

  private static URL url(Path path) throws IOException {
    return path.toUri().toURL();
  }
}
