// Posts JSON to an address, http by our own client, https through curl, and says what came of it.
//
// What the receiver answers decides: 2xx is delivered; 400, 413 and 422 say that it will never take
// these events, which are then dropped and reported; everything else, from a refused connection to
// a wrong path, may be mended and is tried again.

import OESPluginKit

final class Poster: Sendable {
    private enum Way {
        case plain(WebClient)
        case curl(Curl)
    }

    let address: WebAddress
    private let caFile: String?
    private let way: Way
    private let cancellation: Cancellation

    /// `url` and `caFile` as they were configured.
    init(url: String, caFile: String?) throws(ConfigurationRefusal) {
        address = try WebAddress(url)
        self.caFile = try CAFile.checked(caFile, isSecure: address.isSecure)
        do throws(CancellationFailure) { cancellation = try Cancellation() } catch {
            throw error.refusal
        }
        way =
            address.isSecure
            ? .curl(try Curl(cancellation, field: "url")) : .plain(WebClient(cancellation))
    }

    func cancel() { cancellation.cancel() }

    func post(_ request: WebRequest, withinMillis: Int64) -> Delivery {
        cancellation.begin()
        let deadline = Deadline(inMillis: withinMillis)
        let answer =
            switch way {
            case .plain(let client): client.post(request, to: address, deadline)
            case .curl(let curl): post(request, by: curl, deadline)
            }
        return Poster.delivery(of: answer, from: address.shown)
    }

    private func post(_ request: WebRequest, by curl: Curl, _ deadline: Deadline) -> WebAnswer {
        var options: [(name: String, value: String?)] = [
            ("url", address.text), ("proto", "=https"), ("globoff", nil),
            ("data-binary", "@\(Curl.bodyPath)"), ("output", "/dev/null"),
            ("write-out", "%{http_code} %header{retry-after}\\n"), ("user-agent", "oes"),
        ]
        if let caFile { options.append(("cacert", caFile)) }
        for (name, value) in request.headers { options.append(("header", "\(name): \(value)")) }
        // curl would wait for a 100 with larger bodies.
        options.append(("header", "Expect:"))
        switch curl.run(options, body: request.body, deadline) {
        case .failure(let failure): return .failed(failure.why)
        case .success(let result):
            let words = result.output.split(separator: " ")
            guard result.code == 0, let status = words.first.flatMap({ Int($0) }), status > 0 else {
                let why = result.problem.isEmpty ? "curl ended with \(result.code)" : result.problem
                return .failed(why)
            }
            let seconds = words.count > 1 ? Int64(words[1]) ?? 0 : 0
            return .answered(status: status, retryAfterSeconds: max(seconds, 0))
        }
    }

    private static func delivery(of answer: WebAnswer, from receiver: String) -> Delivery {
        switch answer {
        case .failed(let why): return .retry(afterMillis: 0, why: "\(receiver): \(why)")
        case .answered(let status, let retryAfterSeconds):
            let why = "\(receiver) answered \(status)"
            switch status {
            case 200...299: return .done
            case 400, 413, 422: return .drop(why: why)
            default:
                // A day is the most that a receiver may put us off by.
                let seconds = min(retryAfterSeconds, 86_400)
                return .retry(afterMillis: seconds * 1_000, why: why)
            }
        }
    }
}

enum CAFile {
    /// The file as it was given; refused where it can't be read, or has no use.
    static func checked(
        _ path: String?, isSecure: Bool
    ) throws(ConfigurationRefusal) -> String? {
        guard let path else { return nil }
        guard isSecure else {
            throw ConfigurationRefusal(
                field: "ca_file", text: "expected only with TLS, found it without")
        }
        try FileText.requireReadable(path, field: "ca_file")
        return path
    }
}
