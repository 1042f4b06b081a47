namespace RemoteStore.BlockStore.Damage;

/// <summary>What became of the samples of a block that was set aside.</summary>
/// <param name="LostSamples">Samples that are nowhere else.</param>
/// <param name="Salvage">The same in words.</param>
public sealed record QuarantineReport(long LostSamples, string Salvage);
