namespace PromptAD.Server.Pages;

/// <summary>All words of the page, by their keys in Resources/Words.resx; the resources of each language have the same keys.</summary>
public sealed class Words;
