package koru

import "iter"

// The first page is small, so that the first items come soon; those behind it grow to the last size.
const (
	smallPage = 100
	largePage = 1_000
)

// pages goes through an answer that may be long, page by page. Each iteration begins anew, and ends at the first error.
func pages[T any](params *members, fetch func(*members) ([]T, string, error)) iter.Seq2[T, error] {
	total := params.total
	return func(yield func(T, error) bool) {
		// Its own, so that one sequence can be gone through several times, also at once.
		page := params.copy()
		for left, size := total, smallPage; ; size = min(size*2, largePage) {
			if total > 0 {
				size = min(size, left)
			}
			page.set("limit", size)
			items, cursor, err := fetch(page)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			left -= len(items)
			if cursor == "" || total > 0 && left <= 0 {
				return
			}
			page.set("cursor", cursor)
		}
	}
}
