package dev.groundhog.junit.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTest {
  private static final int MANY = 50_000;

  private static String many() {
    return LongStream.rangeClosed(1, MANY)
        .mapToObj(Long::toString)
        .collect(Collectors.joining(" "));
  }

  @Test
  void anyNumberOfIdsIsRead() {
    assertThat(Answer.ids("")).isEmpty();
    assertThat(Answer.ids("7")).containsExactly(7);
    assertThat(Answer.ids("7 123456789012345678")).containsExactly(7, 123456789012345678L);
    assertThat(Answer.ids(many())).hasSize(MANY).startsWith(1).endsWith(MANY);
  }

  @Test
  void linesTellTheIdsOfEachTag() {
    assertThat(Answer.byTag("")).isEmpty();
    assertThat(Answer.byTag("3 30 31\n9 " + many() + "\n"))
        .containsOnlyKeys(3, 9)
        .hasEntrySatisfying(3, ids -> assertThat(ids).containsExactly(30, 31))
        .hasEntrySatisfying(9, ids -> assertThat(ids).hasSize(MANY));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"error: no", " 1", "1 ", "1  2", "-1", "1,2", "1234567890123456789", "1\n"})
  void whatIsNoListOfIdsIsRefused(String text) {
    assertThatThrownBy(() -> Answer.ids(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"3 x", "\n", "3 30\n\n", "99999999999 1"})
  void whatIsNoListOfTagsIsRefused(String text) {
    assertThatThrownBy(() -> Answer.byTag(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
