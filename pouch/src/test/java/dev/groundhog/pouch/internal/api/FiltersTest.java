package dev.groundhog.pouch.internal.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.groundhog.pouch.internal.errors.ApiException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FiltersTest {
  private static Predicate<String> names(String... expressions) {
    Map<String, Object> wanted = Map.of("name", expressions);
    return Filters.of(Optional.of(Json.MAPPER.writeValueAsString(wanted)), Set.of("name"))
        .finding("name");
  }

  @Test
  void anExpressionIsFoundAnywhereUnlessItSaysOtherwise() {
    assertThat(names("ir")).accepts("first", "third").rejects("second");
    assertThat(names("^/first$")).accepts("/first").rejects("first", "/first2", "/the/first");
    assertThat(names("^(a|b)+[0-9]*$")).accepts("abba7").rejects("abc");
  }

  @Test
  void oneOfSeveralIsEnoughAndNoneIsAll() {
    assertThat(names("^a$", "^b$")).accepts("a", "b").rejects("c");
    assertThat(names()).accepts("a", "");
  }

  @Test
  void whatIsNoExpressionIsRefused() {
    assertThatThrownBy(() -> names("a(b"))
        .isInstanceOf(ApiException.class)
        .hasMessageStartingWith("Invalid filter 'name=a(b': ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(((a{100}){100}){100}){100}",
        "((a{0,100}){7,100}){2}",
        "(a{100,}){100,}",
        "a{99999999999999999999}"
      })
  void whatWouldNotFitIntoMemoryIsRefused(String expression) {
    assertThatThrownBy(() -> names(expression))
        .isInstanceOf(ApiException.class)
        .hasMessage("Invalid filter 'name=" + expression + "': it is too large");
  }

  @Test
  void groupsAreNotNestedWithoutEnd() {
    assertThatThrownBy(() -> names("(".repeat(2_000) + "a" + ")*".repeat(2_000)))
        .isInstanceOf(ApiException.class)
        .hasMessageEndingWith("it is too large");
    assertThat(names("^" + "(".repeat(100) + "a" + ")*".repeat(100) + "$")).accepts("aa", "");
  }

  @Test
  void countsThatFitAreTaken() {
    assertThat(names("^a{2,5}b{100}$")).accepts("aa" + "b".repeat(100)).rejects("ab");
    assertThat(names("^a{1000}$")).accepts("a".repeat(1_000)).rejects("a".repeat(999));
  }

  @Test
  void whatIsLongIsShownInPart() {
    assertThatThrownBy(() -> names("a".repeat(10_001)))
        .hasMessage("Invalid filter 'name=" + "a".repeat(100) + "…': it is too large");
  }

  @Test
  @Timeout(60)
  void anExpressionThatBranchesAtEachLetterIsNoLoad() {
    assertThat(names("^(a|aa|a?)+$")).rejects("a".repeat(2_000) + "!");
    assertThat(names("(((a*)*)*)*!$")).rejects("a".repeat(2_000));
  }
}
