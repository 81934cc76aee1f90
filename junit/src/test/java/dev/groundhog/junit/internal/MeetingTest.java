package dev.groundhog.junit.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// What is asked of an agent, and what follows from its answers.
class MeetingTest {
  private final List<Map<String, String>> asked = Collections.synchronizedList(new ArrayList<>());

  private Function<Map<String, String>, String> control(Function<Map<String, String>, String> is) {
    return question -> {
      asked.add(question);
      return is.apply(question);
    };
  }

  private Meeting answering(String question, String answer) {
    return new Meeting(
        control(map -> question.equals(map.get("ask")) ? answer : "nothing has changed: unknown"));
  }

  @Test
  void aTagThatIsNotSetIsALossWithTheAgentsReason() {
    Meeting agent = answering("tag", "error: another agent took the calls out");
    assertThat(agent.lossReason()).isEmpty();
    assertThatThrownBy(() -> agent.tag(1, 3)).isInstanceOf(Meeting.Lost.class);
    assertThat(agent.isLost(3)).isTrue();
    assertThat(agent.isLost(4)).as("it was given later").isFalse();
    assertThat(agent.lossReason()).contains("another agent took the calls out");
    Meeting silent = answering("tag", "");
    silent.tag(1, 3);
    assertThat(silent.isLost(3)).isFalse();
  }

  @Test
  void idsThatAreNotToldAreALoss() {
    for (String answer : List.of("error: nothing is recorded", "nothing has changed: failed")) {
      Meeting agent = answering("tagged", answer);
      assertThatThrownBy(() -> agent.tagged(List.of(3))).isInstanceOf(Meeting.Lost.class);
      assertThat(agent.isLost(3)).isTrue();
      assertThatThrownBy(() -> agent.tagged(List.of(5, 4))).isInstanceOf(Meeting.Lost.class);
      assertThat(agent.isLost(5)).isTrue();
    }
  }

  /// As the agent: starts were missed while 700 was the greatest tag.
  private static String missed(String tags) {
    boolean isKnown = Arrays.stream(tags.split(" ")).allMatch(tag -> Integer.parseInt(tag) > 700);
    return isKnown ? "" : "error: not every start has been seen: take a new one";
  }

  @Test
  void ofManyTagsThoseAreLostThatWereGivenBeforeTheLoss() {
    Meeting agent = new Meeting(control(question -> missed(question.getOrDefault("tag", ""))));
    List<Integer> tags = IntStream.rangeClosed(3, 1_000).boxed().toList();
    assertThatThrownBy(() -> agent.tagged(tags)).isInstanceOf(Meeting.Lost.class);
    assertThat(agent.isLost(700)).isTrue();
    assertThat(agent.isLost(701)).isFalse();
    assertThat(asked).hasSizeLessThan(15);
  }

  @Test
  void theThreadsOfAnyNumberOfTagsAreOneQuestion() {
    Meeting agent = answering("tagged", "4 40 41\n");
    assertThat(agent.tagged(List.of(3, 4, 5))).containsOnlyKeys(4);
    assertThat(asked).containsExactly(Map.of("ask", "tagged", "tag", "3 4 5"));
  }

  @Test
  void anOlderAgentIsAskedForEachTagAndTagsAreCounted() {
    Meeting agent =
        new Meeting(
            control(question ->
                switch (question.get("ask")) {
                  case "next-tag" ->
                      "nothing has changed: java.lang.IllegalArgumentException:"
                          + " unknown question 'next-tag'";
                  case "tagged" -> question.get("tag").equals("5") ? "40 41" : "";
                  default -> "nothing has changed";
                }));
    assertThat(agent.nextTag()).isEqualTo(4);
    assertThat(agent.nextTag()).isEqualTo(5);
    assertThat(agent.tagged(List.of(4, 5, 6))).containsOnlyKeys(5);
    assertThat(agent.lossReason()).isEmpty();
    assertThat(asked).hasSize(4);
  }

  @Test
  void aNewerAgentGivesTheTags() {
    Meeting agent = answering("next-tag", "17");
    assertThat(agent.nextTag()).isEqualTo(17);
  }

  /// Says of every thread that was made just now that it has the tag.
  private static String lastIds() {
    long last = Thread.ofVirtual().unstarted(() -> {}).threadId();
    return LongStream.range(Math.max(1, last - 100), last)
        .mapToObj(Long::toString)
        .collect(Collectors.joining(" "));
  }

  /// @param failures how often the probe is not recorded
  private Function<Map<String, String>, String> recording(int failures) {
    return control(question ->
        switch (question.getOrDefault("ask", "options")) {
          case "options" -> "all births are recorded";
          case "tagged" -> count("tagged") <= failures ? "" : lastIds();
          default -> "";
        });
  }

  private long count(String question) {
    return asked.stream().filter(each -> question.equals(each.get("ask"))).count();
  }

  @Test
  void aHiccupOfTheProbeIsNotFinal() throws MeetingPoint.Refused {
    MeetingPoint.meet(recording(2));
    assertThat(count("tagged")).isEqualTo(3);
  }

  @Test
  void anAgentThatDoesNotRecordIsRefusedAfterThreeProbesWithItsOwnWords() {
    assertThatThrownBy(() -> MeetingPoint.meet(recording(3)))
        .isInstanceOf(MeetingPoint.Refused.class)
        .hasMessage(
            "Groundhog's agent cannot tell who starts threads in this JVM: all births are recorded");
    assertThat(count("tagged")).isEqualTo(3);
  }

  @Test
  void whatAnAgentThrowsIsTheReason() {
    assertThatThrownBy(() ->
            MeetingPoint.meet(_ -> {
              throw new IllegalStateException("its listener is gone");
            }))
        .isInstanceOf(MeetingPoint.Refused.class)
        .hasMessageEndingWith("its listener is gone");
  }

  @Test
  void theThreadThatMeetsTheAgentKeepsItsTag() throws MeetingPoint.Refused {
    MeetingPoint.meet(recording(0));
    String self = Long.toString(Thread.currentThread().threadId());
    assertThat(count("tag")).isPositive();
    assertThat(asked).noneMatch(question -> self.equals(question.get("thread")));
  }
}
