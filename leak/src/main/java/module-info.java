import org.jspecify.annotations.NullMarked;

/// What is a leak and what is not: groups, signatures, rules, verdicts. JDK only.
@NullMarked
module dev.groundhog.leak {
  requires static org.jspecify;
  requires transitive dev.groundhog.dump;

  exports dev.groundhog.leak;
}
