package dev.groundhog.e2e.libraries;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Admin, producer and a consumer in a group, at a broker in a process of its own.
final class KafkaClients implements Library {
  private static final Duration WAIT = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(200);

  private Optional<KafkaBroker> broker = Optional.empty();

  @Override
  public String title() {
    return "Kafka clients, at a KRaft broker";
  }

  @Override
  public Class<?> from() {
    return KafkaProducer.class;
  }

  @Override
  public String stoppedBy() {
    return "`close()` of admin, producer and consumer";
  }

  @Override
  public Optional<String> takesFactory() {
    return Optional.empty();
  }

  @Override
  public Set<String> caught() {
    return Set.of(
        "kafka-admin-client-thread | adminclient-N",
        "kafka-producer-network-thread | producer-N",
        "kafka-coordinator-heartbeat-thread | readers");
  }

  @Override
  public List<Stay> stays() {
    return List.of();
  }

  @Override
  public AutoCloseable prepare() throws Exception {
    KafkaBroker started = new KafkaBroker();
    broker = Optional.of(started);
    return started;
  }

  @Override
  public Started start(Optional<ThreadFactory> factory) {
    Map<String, Object> server = Map.of("bootstrap.servers", broker.orElseThrow().address());
    Map<String, Object> reader =
        Map.of(
            "bootstrap.servers", broker.orElseThrow().address(),
            "group.id", "readers",
            "auto.offset.reset", "earliest");
    return new Running(
        "facts-" + UUID.randomUUID(),
        Admin.create(server),
        new KafkaProducer<>(server, new StringSerializer(), new StringSerializer()),
        new KafkaConsumer<>(reader, new StringDeserializer(), new StringDeserializer()));
  }

  private record Running(
      String topic,
      Admin admin,
      Producer<String, String> producer,
      Consumer<String, String> consumer)
      implements Started {
    @Override
    public void use() throws Exception {
      admin
          .createTopics(List.of(new NewTopic(topic, 1, (short) 1)))
          .all()
          .get(WAIT.toSeconds(), TimeUnit.SECONDS);
      producer
          .send(new ProducerRecord<>(topic, "key", "fact"))
          .get(WAIT.toSeconds(), TimeUnit.SECONDS);
      consumer.subscribe(List.of(topic));
      long end = System.nanoTime() + WAIT.toNanos();
      while (consumer.poll(POLL).isEmpty()) {
        if (System.nanoTime() - end > 0) {
          throw new IllegalStateException("the fact did not arrive within " + WAIT);
        }
      }
    }

    @Override
    public void stop() {
      consumer.close();
      producer.close();
      admin.close();
    }
  }
}
