import Testing

@testable import Base

@Suite("Log")
struct LogTests {
    private func line(_ format: LogFormat, _ message: String, _ fields: Log.Fields) -> String {
        Log(level: .info, origin: "test", format: format)
            .line(.warning, time: "now", message: message, fields: fields)
    }

    @Test("text: fields after the message, quoted where they would be misread")
    func text() {
        #expect(
            line(.text, "a\nb", [("one", "1"), ("two", "x y"), ("three", ""), ("four", "a\"\n=")])
                == "now warning test: a | b one=1 two=\"x y\" three=\"\" four=\"a\\\"\\n=\"")
    }

    @Test("JSON: one object on one line, whatever stands in it")
    func json() {
        #expect(
            line(.json, "a\nb\u{1}", [("path", "\\\"ä\t\u{7f}")])
                == "{\"time\":\"now\",\"level\":\"warning\",\"origin\":\"test\","
                + "\"message\":\"a\\nb\\u0001\",\"path\":\"\\\\\\\"ä\\t\\u007f\"}")
    }
}

@Suite("Histogram and metrics")
struct HistogramTests {
    @Test("a time falls into the first bucket that holds it")
    func buckets() {
        var histogram = Histogram(.requests)
        for micros: Int64 in [-5, 0, 50, 51, 3_000_000, 3_000_001] {
            histogram.record(micros: micros)
        }
        #expect(histogram.counts.first == 3)
        #expect(histogram.counts[1] == 1)
        #expect(histogram.counts.suffix(2) == [1, 1])
        #expect(histogram.count == 6)
        #expect(histogram.sumNanos == 6_000_102_000)
    }

    @Test("samples carry the worker, and labels are escaped")
    func format() {
        var text = MetricsText(worker: 3)
        text.begin("a_total", .counter, "Help.")
        text.sample(7, [("name", "x\"\\\n")])
        text.sample(micros: 1_500_000)
        #expect(
            text.text == "# HELP a_total Help.\n# TYPE a_total counter\n"
                + "a_total{name=\"x\\\"\\\\\\n\",worker=\"3\"} 7\na_total{worker=\"3\"} 1.5\n")
    }

    @Test("a histogram's buckets are cumulative and end with all")
    func cumulative() {
        var histogram = Histogram(.requests)
        histogram.record(micros: 60)
        histogram.record(micros: 9_000_000)
        var text = MetricsText(worker: 0)
        text.begin("a_seconds", .histogram, "Help.")
        text.sample(histogram, [])
        #expect(text.text.contains("a_seconds_bucket{le=\"0.00005\",worker=\"0\"} 0\n"))
        #expect(text.text.contains("a_seconds_bucket{le=\"3\",worker=\"0\"} 1\n"))
        #expect(text.text.contains("a_seconds_bucket{le=\"+Inf\",worker=\"0\"} 2\n"))
        #expect(text.text.contains("a_seconds_sum{worker=\"0\"} 9.00006\n"))
    }
}
