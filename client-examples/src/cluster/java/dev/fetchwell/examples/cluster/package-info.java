/**
 * The fetch job on a cluster of Apache Flink; {@link dev.fetchwell.examples.cluster.Cluster} starts
 * it. Compiled with the Maven profile {@code cluster} only.
 */
@NullMarked
package dev.fetchwell.examples.cluster;

import org.jspecify.annotations.NullMarked;
