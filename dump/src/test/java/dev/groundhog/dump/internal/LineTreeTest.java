package dev.groundhog.dump.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LineTreeTest {
  private final LineTree<String> tree = new LineTree<>();

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
  void aFullTreeBeginsAnew() {
    int last = 0;
    for (int i = 0; last != LineTree.NONE; i++) {
      assertThat(i).as("the tree is bounded").isLessThan(1 << 20);
      last = node(LineTree.ROOT, "line " + i);
    }
    assertThat(node(LineTree.ROOT, "line 0")).isNotEqualTo(LineTree.NONE);
    tree.makeRoom();
    int again = node(LineTree.ROOT, "fresh");
    assertThat(again).isPositive();
    assertThat(tree.value(again)).isNull();
  }

  @Test
  void longLinesFillItToo() {
    int last = 0;
    for (int i = 0; last != LineTree.NONE; i++) {
      assertThat(i).as("the tree is bounded").isLessThan(1_000);
      last = node(LineTree.ROOT, i + "x".repeat(60_000));
    }
  }
}
