using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Functions;

namespace RemoteStore.PromQL.Windowed;

/// <summary>A function of ranges, as it is computed where there are windows.</summary>
/// <param name="Place">The range in the query, for notes.</param>
/// <param name="Create">Makes its kernel, given where to report and the kernel over samples; null for ranges that are anchored or smoothed.</param>
/// <param name="CreateCut">
/// Of an anchored range: makes the kernel over samples for one that ends in a window, so that no sample is known at its end; null when the usual one serves.
/// </param>
/// <param name="ReadsFirst">True when it reads the first samples of windows.</param>
/// <param name="SeesResets">True when counter resets matter to it.</param>
/// <param name="Counts">True when each sample matters to it, so that what it finds in windows is an estimate.</param>
internal sealed record WindowedFunction(
    SelectorPlace Place,
    Func<AnnotationSet, WindowNotes, RangeKernel, WindowKernel>? Create,
    Func<AnnotationSet, RangeKernel>? CreateCut,
    bool ReadsFirst,
    bool SeesResets,
    bool Counts);
