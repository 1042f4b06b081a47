using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Model;

namespace RemoteStore.Blocks.Windows;

/// <summary>A block that windows are made of, and the stretch of time that it stands for.</summary>
/// <param name="Block">A block of samples, or of windows that those made are multiples of.</param>
/// <param name="Range">Samples outside are not taken, nor windows whose last sample lies outside.</param>
public readonly record struct WindowInput(BlockReader Block, QueryRange Range);
