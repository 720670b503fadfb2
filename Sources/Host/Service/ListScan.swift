// A page of a filtered list, and the search for a place in it.
//
// A list is in the order of time. So where a span of time begins is found by halving, and the rest
// is read from there towards the older items, part by part, until the page is full, the span ends
// or the request has read as much as one may.

import Base
import Trading

extension ListReader {
    /// The first position among `positions` whose item is `reached`; their end where none is. Items
    /// that are gone count as not reached: they are the oldest.
    func firstPosition(
        in positions: Range<Int>, where reached: @escaping (Item) -> Bool,
        _ completion: @escaping Completion<Int>
    ) {
        guard !positions.isEmpty else { return completion(.success(positions.lowerBound)) }
        let middle = positions.lowerBound + positions.count / 2
        read(middle..<middle + 1) { result in
            switch result {
            case .failure(let rejection): completion(.failure(rejection))
            case .success(let items):
                let isReached = (items.first ?? nil).map(reached) ?? false
                let rest =
                    isReached
                    ? positions.lowerBound..<middle : middle + 1..<positions.upperBound
                firstPosition(in: rest, where: reached, completion)
            }
        }
    }

    /// A page, newest first. `isWanted` nil: all of the list's items that lie in the span.
    func page(
        _ page: Page, in span: TimeSpan, where isWanted: ((Item) -> Bool)?,
        _ completion: @escaping Completion<PageOf<Item>>
    ) {
        let scan = ListScan(
            reader: self, limit: page.limit, span: span, isWanted: isWanted, completion)
        if let before = page.before { return scan.start(before) }
        length { result in
            switch result {
            case .failure(let rejection): completion(.failure(rejection))
            case .success(let count):
                guard let until = span.until else { return scan.start(count) }
                firstPosition(in: 0..<count, where: { time($0) >= until }) { result in
                    switch result {
                    case .failure(let rejection): completion(.failure(rejection))
                    case .success(let position): scan.start(position)
                    }
                }
            }
        }
    }
}

/// One page on its way.
private final class ListScan<Item> {
    private let reader: ListReader<Item>
    private let limit: Int
    private let span: TimeSpan
    private let isWanted: ((Item) -> Bool)?
    private let completion: (Result<PageOf<Item>, Rejection>) -> Void
    private var found: [Item] = []
    /// How many items are older than those read so far.
    private var position = 0
    private var itemsLeft = Limits.itemsPerScan

    init(
        reader: ListReader<Item>, limit: Int, span: TimeSpan, isWanted: ((Item) -> Bool)?,
        _ completion: @escaping (Result<PageOf<Item>, Rejection>) -> Void
    ) {
        self.reader = reader
        self.limit = limit
        self.span = span
        self.isWanted = isWanted
        self.completion = completion
    }

    func start(_ before: Int) {
        position = before
        goOn()
    }

    private func goOn() {
        guard position > 0 else { return finish(next: nil) }
        guard itemsLeft > 0, found.count < limit else { return finish(next: position) }
        let wanted = isWanted == nil ? limit - found.count : Limits.itemsPerScanStep
        let count = min(wanted, position, itemsLeft)
        let positions = position - count..<position
        reader.read(positions) { [self] result in
            switch result {
            case .failure(let rejection): completion(.failure(rejection))
            case .success(let items): take(items, at: positions)
            }
        }
    }

    private func take(_ items: [Item?], at positions: Range<Int>) {
        itemsLeft -= positions.count
        for (place, item) in zip(positions, items).reversed() {
            guard found.count < limit else { return finish(next: place + 1) }
            guard let item else { continue }
            let time = reader.time(item)
            if span.isAfter(time) { return finish(next: nil) }
            if span.contains(time), isWanted?(item) ?? true { found.append(item) }
        }
        position = positions.lowerBound
        goOn()
    }

    private func finish(next: Int?) {
        completion(.success(PageOf(items: found, next: next)))
    }
}
