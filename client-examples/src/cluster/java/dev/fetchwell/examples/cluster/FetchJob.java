package dev.fetchwell.examples.cluster;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * From URLs to rows, on as many machines as there are: the same for a cluster in this process and
 * for a real one.
 *
 * @param settings of each JVM's client
 * @param capacity calls that one subtask has begun and not ended, waiting for a permit included
 */
record FetchJob(ClientSettings settings, int capacity) {

  /** What Flink waits longer than the client: time for a call's end to get through a busy JVM. */
  private static final Duration MARGIN = Duration.ofSeconds(30);

  /** What makes the rows exactly once: checkpoints, and another start when a worker is lost. */
  static Configuration configuration() {
    Configuration configuration = new Configuration();
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(1));
    // Thousands of URLs fit into the network's buffers before the calls: a checkpoint that waited
    // until they are through would take as long as fetching them.
    configuration.set(CheckpointingOptions.ENABLE_UNALIGNED, true);
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 100);
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofSeconds(1));
    // A type that Flink would have to serialise by reflection fails now, and not at a restart.
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    return configuration;
  }

  /** A cluster in this process, for one job. */
  static StreamExecutionEnvironment inProcess(int parallelism) {
    Configuration configuration = configuration();
    // Else what Flink has not cleaned up when the process ends stays in the system's folder.
    configuration.set(CoreOptions.TMP_DIRS, "target/cluster-tmp");
    configuration.set(WebOptions.TMP_DIR, "target/cluster-tmp");
    return StreamExecutionEnvironment.createLocalEnvironment(configuration)
        .setParallelism(parallelism);
  }

  // region: flink-job
  DataStream<FetchRow> rows(StreamExecutionEnvironment cluster, List<String> urls) {
    return AsyncDataStream.unorderedWait(
        cluster.fromData(urls, Types.STRING).keyBy(new HostKey()),
        new FetchFunction(settings),
        settings.timeout().plus(MARGIN).toMillis(),
        TimeUnit.MILLISECONDS,
        capacity);
  }
  // endregion
}
