package dev.groundhog.dump.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LineTreeTest {
  private final LineTree<String> tree = new LineTree<>(1_000);

  private int node(int parent, String line) {
    byte[] bytes = ("--" + line + "--").getBytes(StandardCharsets.UTF_8);
    return tree.child(parent, bytes, 2, bytes.length - 2);
  }

  @Test
  void aLineIsKnownByItsBytesAndTheLinesBeforeIt() {
    int a = node(LineTree.ROOT, "a");
    int ab = node(a, "b");
    assertThat(node(LineTree.ROOT, "b")).isNotEqualTo(ab);
    assertThat(node(LineTree.ROOT, "aa")).isNotEqualTo(a);
    assertThat(node(node(LineTree.ROOT, "a"), "b")).isEqualTo(ab);
    tree.value(ab, "ab");
    assertThat(tree.value(ab)).isEqualTo("ab");
    assertThat(tree.value(a)).isNull();
  }

  @Test
  void theLineThatCameLastIsExpected() {
    int a = node(LineTree.ROOT, "main.f");
    byte[] text = "main.f(0x1)".getBytes(StandardCharsets.UTF_8);
    assertThat(tree.expected(LineTree.ROOT, text, 0, text.length)).isEqualTo(6);
    assertThat(tree.expectedChild(LineTree.ROOT)).isEqualTo(a);
    assertThat(tree.expected(LineTree.ROOT, text, 0, 5)).isZero();
    assertThat(tree.expected(LineTree.ROOT, text, 1, text.length)).isZero();
    assertThat(tree.expected(a, text, 0, text.length)).isZero();
  }

  @Test
  void aFullTreeKeepsWhatItHasAndLearnsNothingMore() {
    int first = node(LineTree.ROOT, "line 1");
    tree.value(first, "the first");
    for (int i = 2; i <= 1_000; i++) {
      assertThat(node(LineTree.ROOT, "line " + i)).isEqualTo(i);
    }
    for (int i = 0; i < 3; i++) {
      assertThat(node(LineTree.ROOT, "fresh " + i)).isEqualTo(LineTree.NONE);
      assertThat(node(first, "line 1")).isEqualTo(LineTree.NONE);
      assertThat(node(LineTree.ROOT, "line 1")).isEqualTo(first);
      assertThat(node(LineTree.ROOT, "line 1000")).isEqualTo(1_000);
    }
    assertThat(tree.value(first)).isEqualTo("the first");
  }

  @Test
  void longLinesFillItToo() {
    String half = "x".repeat(31_500);
    int first = node(LineTree.ROOT, half);
    assertThat(node(first, half)).isNotEqualTo(LineTree.NONE);
    assertThat(node(LineTree.ROOT, "1")).isNotEqualTo(LineTree.NONE);
    assertThat(node(LineTree.ROOT, "y".repeat(1_000))).isEqualTo(LineTree.NONE);
    assertThat(node(LineTree.ROOT, half)).isEqualTo(first);
  }
}
