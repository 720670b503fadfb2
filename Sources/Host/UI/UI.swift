// The pages, served from memory. SwiftPM embeds each file below Pages as bytes under its file name
// without its folder ("panels/book.js" is `book_js`), so names are unique across folders. A new
// file is one line in `served`; Tests/browser checks that none was forgotten.

package enum UIFiles {
    package typealias File = (contentType: String, bytes: [UInt8], etag: String)

    private static let html = "text/html; charset=utf-8"
    private static let script = "text/javascript; charset=utf-8"
    private static let style = "text/css; charset=utf-8"

    private static let served: [String: File] = [
        "/": file(html, PackageResources.index_html),
        "/stocks": file(html, PackageResources.stocks_html),
        "/accounts": file(html, PackageResources.accounts_html),
        "/risk-manager": file(html, PackageResources.risk_manager_html),
        "/plugins": file(html, PackageResources.plugins_html),
        "/sign-in": file(html, PackageResources.sign_in_html),
        "/favicon.svg": file("image/svg+xml", PackageResources.favicon_svg),
        "/style.css": file(style, PackageResources.style_css),
        "/trade.css": file(style, PackageResources.trade_css),
        "/pages.css": file(style, PackageResources.pages_css),
        "/theme.js": file(script, PackageResources.theme_js),
        "/app.js": file(script, PackageResources.app_js),
        "/stocks.js": file(script, PackageResources.stocks_js),
        "/accounts.js": file(script, PackageResources.accounts_js),
        "/risk-manager.js": file(script, PackageResources.risk_manager_js),
        "/plugins.js": file(script, PackageResources.plugins_js),
        "/sign-in.js": file(script, PackageResources.sign_in_js),
        "/kit/api.js": file(script, PackageResources.api_js),
        "/kit/bars.js": file(script, PackageResources.bars_js),
        "/kit/canvas.js": file(script, PackageResources.canvas_js),
        "/kit/confirm.js": file(script, PackageResources.confirm_js),
        "/kit/csv.js": file(script, PackageResources.csv_js),
        "/kit/decimal.js": file(script, PackageResources.decimal_js),
        "/kit/dom.js": file(script, PackageResources.dom_js),
        "/kit/feed.js": file(script, PackageResources.feed_js),
        "/kit/figures.js": file(script, PackageResources.figures_js),
        "/kit/form.js": file(script, PackageResources.form_js),
        "/kit/format.js": file(script, PackageResources.format_js),
        "/kit/history.js": file(script, PackageResources.history_js),
        "/kit/instructions.js": file(script, PackageResources.instructions_js),
        "/kit/keys.js": file(script, PackageResources.keys_js),
        "/kit/layout.js": file(script, PackageResources.layout_js),
        "/kit/levels.js": file(script, PackageResources.levels_js),
        "/kit/market.js": file(script, PackageResources.market_js),
        "/kit/memory.js": file(script, PackageResources.memory_js),
        "/kit/notice.js": file(script, PackageResources.notice_js),
        "/kit/order-store.js": file(script, PackageResources.order_store_js),
        "/kit/picker.js": file(script, PackageResources.picker_js),
        "/kit/preferences.js": file(script, PackageResources.preferences_js),
        "/kit/rows.js": file(script, PackageResources.rows_js),
        "/kit/schema.js": file(script, PackageResources.schema_js),
        "/kit/session.js": file(script, PackageResources.session_js),
        "/kit/settings.js": file(script, PackageResources.settings_js),
        "/kit/shell.js": file(script, PackageResources.shell_js),
        "/kit/sound.js": file(script, PackageResources.sound_js),
        "/kit/tabs.js": file(script, PackageResources.tabs_js),
        "/kit/who.js": file(script, PackageResources.who_js),
        "/panels/account.js": file(script, PackageResources.account_js),
        "/panels/book.js": file(script, PackageResources.book_js),
        "/panels/candle-view.js": file(script, PackageResources.candle_view_js),
        "/panels/candles.js": file(script, PackageResources.candles_js),
        "/panels/depth.js": file(script, PackageResources.depth_js),
        "/panels/markets.js": file(script, PackageResources.markets_js),
        "/panels/order-details.js": file(script, PackageResources.order_details_js),
        "/panels/order-list.js": file(script, PackageResources.order_list_js),
        "/panels/order-row.js": file(script, PackageResources.order_row_js),
        "/panels/orders.js": file(script, PackageResources.orders_js),
        "/panels/positions.js": file(script, PackageResources.positions_js),
        "/panels/quote.js": file(script, PackageResources.quote_js),
        "/panels/risk-controls.js": file(script, PackageResources.risk_controls_js),
        "/panels/risk-limits.js": file(script, PackageResources.risk_limits_js),
        "/panels/risk-switch.js": file(script, PackageResources.risk_switch_js),
        "/panels/ticket-check.js": file(script, PackageResources.ticket_check_js),
        "/panels/ticket-send.js": file(script, PackageResources.ticket_send_js),
        "/panels/ticket-worth.js": file(script, PackageResources.ticket_worth_js),
        "/panels/ticket.js": file(script, PackageResources.ticket_js),
        "/panels/trades.js": file(script, PackageResources.trades_js),
    ]

    /// What stands at a request's path (no query): its Content-Type, its bytes and an entity
    /// tag, without the header's quotes. Nil where there is no such file.
    package static func file(path: String) -> File? {
        served[path]
    }

    /// Every path that is served, sorted.
    package static var paths: [String] { served.keys.sorted() }

    private static func file(_ contentType: String, _ bytes: [UInt8]) -> File {
        (contentType, bytes, fingerprint(bytes))
    }

    /// FNV-1a, 64 bits, as hex: it tells versions of a file apart and guards nothing.
    package static func fingerprint(_ bytes: [UInt8]) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return String(hash, radix: 16)
    }
}
