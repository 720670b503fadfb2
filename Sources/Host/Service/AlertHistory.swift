// Reading alerts, newest first, from the lists that the projector keeps of their ids.

import Base
import Store
import Trading

/// What isn't given lets all through.
package struct AlertFilter: Hashable, Sendable {
    package var account: String?
    package var symbol: String?
    package var severity: Severity?
    package var rule: String?
    package var isAcknowledged: Bool?

    package init(account: String? = nil) { self.account = account }

    func takes(_ alert: Alert) -> Bool {
        (symbol == nil || alert.symbol == symbol) && (severity == nil || alert.severity == severity)
            && (rule == nil || alert.rule == rule)
            && (isAcknowledged == nil || (alert.acknowledgedAt > 0) == isAcknowledged)
    }
}

extension History {
    package func alerts(
        _ filter: AlertFilter, _ page: Page, _ completion: @escaping Completion<Alert>
    ) {
        let list = filter.account.map { ProjectedList.alertsOf(account: $0) } ?? .alerts
        whenListed(completion) { [store] in
            store.reader(ofAlerts: list).page(
                page, in: TimeSpan(), where: { filter.takes($0) }, completion)
        }
    }

    /// nil where there is none.
    package func alert(
        _ id: String, _ completion: @escaping (Result<Alert?, Rejection>) -> Void
    ) {
        store.fetchAlerts([id]) { result in completion(result.map { $0.first ?? nil }) }
    }
}

extension ListStore {
    fileprivate func reader(ofAlerts list: ProjectedList) -> ListReader<Alert> {
        ListReader(
            length: { length(list, $0) },
            read: { positions, completion in
                range(list, positions) { result in
                    switch result {
                    case .failure(let rejection): completion(.failure(rejection))
                    case .success(let ids):
                        fetchAlerts(ids.map { String(decoding: $0, as: UTF8.self) }, completion)
                    }
                }
            },
            time: \.raisedAt)
    }

    fileprivate func fetchAlerts(
        _ ids: [String], _ completion: @escaping (Result<[Alert?], Rejection>) -> Void
    ) {
        guard !ids.isEmpty else { return completion(.success([])) }
        redis.send(RedisCommand("HMGET", [keys.alerts] + ids)) { reply in
            switch reply {
            case .failure(let failure): completion(.failure(failure.rejection))
            case .success(.array(let records)):
                var alerts: [Alert?] = []
                do throws(RecordError) {
                    for (id, record) in zip(ids, records) {
                        guard let bytes = record.bytes else {
                            alerts.append(nil)
                            continue
                        }
                        alerts.append(try Alert(id: id, record: bytes[...]))
                    }
                } catch {
                    return completion(.failure(.damaged(error)))
                }
                completion(.success(alerts))
            case .success: completion(.failure(.damaged(RecordError(what: "no alerts"))))
            }
        }
    }
}
