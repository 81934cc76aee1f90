package dev.groundhog.cli.internal;

import dev.groundhog.leak.FunctionPattern;
import dev.groundhog.leak.LabelledWork;
import dev.groundhog.leak.LeakReport;
import dev.groundhog.leak.StackGroup;
import dev.groundhog.target.CheckResult;
import dev.groundhog.target.StackText;
import dev.groundhog.target.UnknownName;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/// A check as the report of a test run, which CI servers show: one test case for each function, and
/// one for abandoned threads; one for all that the target marks, where neither is asked. A function
/// that is still there is a failure, a target that could not be read whole an error, and a name
/// that the target does not have a skipped test, since it tested nothing.
///
/// The form is the one that Ant's JUnit task began and Surefire writes.
final class JunitXml {
  /// What XML 1.0 has no way to write, and unpaired surrogates.
  private static final Pattern ILLEGAL =
      Pattern.compile("[^\\t\\n\\r\\x{20}-\\x{D7FF}\\x{E000}-\\x{FFFD}\\x{10000}-\\x{10FFFF}]");

  private final String target;
  private final List<FunctionPattern> absent;
  private final boolean noneAbandoned;
  private final boolean staleFails;
  private final Instant start;

  /// @param noneAbandoned whether that is checked too
  /// @param staleFails whether a check that can never fail is a failure
  JunitXml(
      String target,
      List<FunctionPattern> absent,
      boolean noneAbandoned,
      boolean staleFails,
      Instant start) {
    this.target = target;
    this.absent = absent;
    this.noneAbandoned = noneAbandoned;
    this.staleFails = staleFails;
    this.start = start;
  }

  private record TestCase(String name, Outcome outcome) {}

  /// What there is to say of one test case.
  private sealed interface Outcome {
    record Passed(Optional<String> note) implements Outcome {}

    record Skipped(String why) implements Outcome {}

    record Failed(String type, String message, String details) implements Outcome {}

    record Broken(String message) implements Outcome {}
  }

  String of(CheckResult result) {
    return text(pattern -> outcome(pattern, result), () -> abandoned(result), () -> marked(result));
  }

  /// The target could not be read.
  String of(IOException failure) {
    String message = String.valueOf(failure.getMessage());
    Outcome broken = new Outcome.Broken(message);
    return text(_ -> broken, () -> broken, () -> broken);
  }

  private String text(
      Function<FunctionPattern, Outcome> ofFunction,
      Supplier<Outcome> ofAbandoned,
      Supplier<Outcome> ofMarked) {
    if (absent.isEmpty() && !noneAbandoned) {
      String name = "no function that is marked @LeakProne is on a stack";
      return text(List.of(new TestCase(name, ofMarked.get())));
    }
    Stream<TestCase> functions =
        absent.stream()
            .map(pattern -> new TestCase(pattern + " is absent", ofFunction.apply(pattern)));
    Stream<TestCase> threads =
        noneAbandoned
            ? Stream.of(new TestCase("no thread is abandoned", ofAbandoned.get()))
            : Stream.empty();
    return text(Stream.concat(functions, threads).toList());
  }

  private Outcome outcome(FunctionPattern pattern, CheckResult result) {
    List<StackGroup> present = result.present(pattern);
    if (!present.isEmpty()) {
      long threads = present.stream().mapToLong(StackGroup::count).sum();
      return new Outcome.Failed(
          "leak",
          Text.count(threads, "thread has ", "threads have ") + pattern + " on the stack",
          StackText.of(present));
    }
    return unseen(pattern, result.lost(), result);
  }

  private static Outcome marked(CheckResult result) {
    if (result.failed()) {
      return new Outcome.Failed(
          "leak",
          Text.count(result.threads(), "thread has ", "threads have ")
              + "a function on the stack that is marked @LeakProne",
          StackText.withReasons(result.findings(List.of())));
    }
    return result
        .incomplete()
        .<Outcome>map(Outcome.Broken::new)
        .orElseGet(() -> new Outcome.Passed(Optional.empty()));
  }

  private Outcome abandoned(CheckResult result) {
    if (!result.abandoned().isEmpty()) {
      long threads = LeakReport.threads(result.abandoned());
      return new Outcome.Failed(
          "leak",
          Text.count(threads, "thread works", "threads work") + " for clients who have gone",
          StackText.withReasons(result.abandoned()));
    }
    return unseen(LabelledWork.ENTRY, result.lost().or(result::silent), result);
  }

  /// @param pattern what the target must have, else nothing was tested
  /// @param incomplete why nothing is shown by what was not seen
  private Outcome unseen(FunctionPattern pattern, Optional<String> incomplete, CheckResult result) {
    Optional<UnknownName> unknown =
        result.unknown().stream().filter(name -> name.pattern().equals(pattern)).findFirst();
    Optional<UnknownName> staleName = unknown.filter(UnknownName::stale);
    if (staleName.isPresent() && staleFails) {
      return new Outcome.Failed("stale", staleName.get().toString(), "");
    }
    if (incomplete.isPresent()) {
      return new Outcome.Broken(incomplete.get());
    }
    return staleName.isPresent()
        ? new Outcome.Skipped(staleName.get().toString())
        : new Outcome.Passed(unknown.map(UnknownName::toString));
  }

  private String text(List<TestCase> cases) {
    List<Outcome> outcomes = cases.stream().map(TestCase::outcome).toList();
    String seconds = seconds();
    StringWriter writer = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(writer);
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeStartElement("testsuite");
      attribute(xml, "name", "groundhog check " + target);
      attribute(xml, "tests", Integer.toString(outcomes.size()));
      attribute(xml, "failures", count(outcomes, Outcome.Failed.class));
      attribute(xml, "errors", count(outcomes, Outcome.Broken.class));
      attribute(xml, "skipped", count(outcomes, Outcome.Skipped.class));
      attribute(xml, "timestamp", start.truncatedTo(ChronoUnit.SECONDS).toString());
      attribute(xml, "time", seconds);
      for (TestCase each : cases) {
        testCase(xml, each, seconds);
      }
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException(e); // a text takes everything
    }
    return writer.toString();
  }

  private static void testCase(XMLStreamWriter xml, TestCase test, String seconds)
      throws XMLStreamException {
    xml.writeStartElement("testcase");
    attribute(xml, "classname", "groundhog.check");
    attribute(xml, "name", test.name());
    attribute(xml, "time", seconds);
    switch (test.outcome()) {
      case Outcome.Passed(Optional<String> note) -> {
        if (note.isPresent()) {
          xml.writeStartElement("system-out");
          xml.writeCharacters(legal(note.get()));
          xml.writeEndElement();
        }
      }
      case Outcome.Skipped(String why) -> {
        xml.writeEmptyElement("skipped");
        attribute(xml, "message", why);
      }
      case Outcome.Failed(String type, String message, String details) -> {
        xml.writeStartElement("failure");
        attribute(xml, "type", type);
        attribute(xml, "message", message);
        xml.writeCharacters(legal(details));
        xml.writeEndElement();
      }
      case Outcome.Broken(String message) -> {
        xml.writeEmptyElement("error");
        attribute(xml, "type", "unreadable");
        attribute(xml, "message", message);
      }
    }
    xml.writeEndElement();
  }

  private String seconds() {
    return String.format(
        Locale.ROOT, "%.3f", Duration.between(start, Instant.now()).toMillis() / 1000.0);
  }

  private static String count(List<Outcome> outcomes, Class<? extends Outcome> kind) {
    return Long.toString(outcomes.stream().filter(kind::isInstance).count());
  }

  private static void attribute(XMLStreamWriter xml, String name, String value)
      throws XMLStreamException {
    xml.writeAttribute(name, legal(value));
  }

  private static String legal(String foreign) {
    return ILLEGAL.matcher(foreign).replaceAll("\uFFFD");
  }
}
