namespace RemoteStore.PrometheusBlocks.Format;

/// <summary>Where the sections of an index begin, in bytes; 0 = there is none.</summary>
/// <param name="Symbols">All texts, sorted.</param>
/// <param name="Series">Labels and chunks of each series.</param>
/// <param name="LabelIndices">Values per label name, which no reader of version 2 needs.</param>
/// <param name="LabelIndexTable">Where those lie.</param>
/// <param name="Postings">Series per label pair.</param>
/// <param name="PostingsTable">Where those lie.</param>
internal readonly record struct IndexToc(long Symbols, long Series, long LabelIndices, long LabelIndexTable, long Postings, long PostingsTable);
