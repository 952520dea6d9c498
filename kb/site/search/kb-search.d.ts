/** The search of kb in a page, a worker or Node; see kb-search.js. */

/** Gets a file of the folder by its name. */
export type Read = (name: string) => Promise<Uint8Array | ArrayBuffer>

export interface Options {
  /** How many hits; 10 if it is left out. */
  limit?: number
  /** Only units of these notes, by their ids. */
  service?: string | string[]
  category?: string | string[]
  kind?: Kind | Kind[]
  /** Whether hits say what their scores are made of. */
  explain?: boolean
}

export type Kind = "fact" | "section" | "note"

export interface Result {
  schema_version: 1
  query: string
  /** The query that was searched instead, when spelling was corrected. */
  corrected: string | null
  total: number
  /** The id of the fact that answers the query, when one does; always that of the first hit. */
  answer: string | null
  /** What `kb compare` takes to set them side by side: the id of a comparison page, or those of the notes. */
  comparison: string[]
  /** The name or identifier that the whole query is. */
  recognised: Found | null
  hits: Hit[]
}

export interface Hit {
  id: string
  note: string
  /** Title of the note. */
  title: string
  heading: string
  kind: Kind
  /** The whole unit. */
  text: string
  /** The part of the text that holds most of the query. */
  snippet: string
  score: number
  /** Address relative to the site. */
  url: string
  sources: string[]
  as_of: string
  /** Of facts only. */
  value?: string
  /** Of facts only: what it was checked against. */
  checked?: string | null
  /** What the score is made of, where asked for. */
  parts?: Record<string, number>
}

/** What a text was recognised as, and the ids of the notes it means. */
export interface Found {
  text: string
  as: string
  notes: string[]
}

export interface Suggestion {
  /** The whole text. */
  text: string
  kind: "name" | "word"
  /** The id of the note that a name means; otherwise empty. */
  note: string
}

export interface Note {
  id: string
  title: string
  /** service, topic or page. */
  kind: string
  category: string
  /** Address relative to the site. */
  url: string
}

export declare class Kb {
  private constructor()
  /** How many units can be found. */
  readonly size: number
  search(query: string, options?: Options): Promise<Result>
  suggest(text: string, limit?: number): Promise<Suggestion[]>
  resolve(name: string): Promise<Found | null>
  /** The names that come closest to a text that nothing was found for. */
  nearest(text: string, limit?: number): Promise<string[]>
  /** Every note that can be found, in the order of their ids. */
  notes(): Promise<Note[]>
  /** The categories that hold a note, as pairs of id and title, in their order. */
  categories(): Promise<[string, string][]>
}

export declare const SCHEMA_VERSION: 1

/** Open the folder of shards by its address; in Node also by a path. */
export declare function open(base: string | URL, options?: { read?: Read }): Promise<Kb>
