package dev.groundhog.agent.internal.births;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class TagsTest {
  private static final int INHERITED = 5;

  private final Tags tags = new Tags();

  private void set(long id, int tag) throws IOException {
    tags.set(id, tag, () -> _ -> true);
  }

  private int of(long id) {
    return tags.of(id, _ -> INHERITED);
  }

  private void fill() throws IOException {
    for (int id = 1; id <= Tags.MAX; id++) {
      set(id, 6);
    }
  }

  @Test
  void nextTagsAreGivenOnceAndAreNoneThatSomebodyHasChosen() throws IOException {
    assertThat(tags.next()).isEqualTo(Tags.FIRST);
    assertThat(tags.next()).isEqualTo(Tags.FIRST + 1);
    set(1, 70);
    assertThat(tags.next()).isEqualTo(71);
  }

  @Test
  void aThreadThatHasEndedKeepsNone() throws IOException {
    tags.set(1, 6, () -> _ -> false);
    assertThat(tags.size()).isZero();
  }

  @Test
  void whereTooManyHandOnTagsTheRestIsRefusedAndNothingIsInherited() throws IOException {
    fill();
    assertThat(of(-1)).isEqualTo(INHERITED);
    assertThatThrownBy(() -> set(-1, 7))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("10000");
    assertThat(of(-1)).isZero();
    assertThat(of(1)).isEqualTo(6);
    assertThatThrownBy(() -> tags.requireSure(7)).isInstanceOf(IOException.class);
    set(1, 0); // which needs no room
  }

  @Test
  void whenThereIsRoomAgainOnlyTagsFromThenAreKnown() throws IOException {
    fill();
    assertThatThrownBy(() -> set(-1, 7)).isInstanceOf(IOException.class);
    tags.ended(1);
    assertThat(of(-1)).isEqualTo(INHERITED);
    assertThatThrownBy(() -> tags.requireSure(6))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("tag 6");
    set(-1, 8);
    assertThatCode(() -> tags.requireSure(8)).doesNotThrowAnyException();
  }

  @Test
  void thoseOfThreadsThatHaveEndedMakeRoomForOthers() throws IOException {
    fill();
    tags.set(-1, 7, () -> id -> id < 0 || id > 100);
    assertThat(tags.size()).isEqualTo(Tags.MAX - 100 + 1);
    assertThatCode(() -> tags.requireSure(7)).doesNotThrowAnyException();
  }

  @Test
  void whatWasLostIsNotGivenAgainSaveThoseThatAreForAll() throws IOException {
    set(1, 1);
    set(1, 9);
    tags.lose();
    assertThatThrownBy(() -> set(2, 9)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> tags.requireSure(8)).isInstanceOf(IOException.class);
    set(1, 1);
    set(1, 10);
    tags.requireSure(1);
    tags.requireSure(10);
  }
}
