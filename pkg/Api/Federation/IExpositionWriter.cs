namespace RemoteStore.Api.Federation;

/// <summary>Writes series in a form that scrapers read, to a buffer that its owner empties now and then.</summary>
internal interface IExpositionWriter
{
    /// <summary>Adds a series; those of one metric come in a row.</summary>
    void Add(FederatedSeries series);

    /// <summary>Writes what was held back.</summary>
    void End();
}
