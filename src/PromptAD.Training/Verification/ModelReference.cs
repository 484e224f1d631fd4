using System.Text.Json;
using System.Text.RegularExpressions;
using PromptAD.Files;
using PromptAD.Validation;

namespace PromptAD.Training.Verification;

/// <summary>The metadata of a model reference: which backbone, category, shots, prompts and optimiser it was made with.</summary>
internal sealed partial record ModelReference
{
    /// <summary>The backbone's, as open_clip's JSON has it.</summary>
    public required string Configuration { get; init; }

    public required string ObjectName { get; init; }

    public required IReadOnlyList<string> States { get; init; }

    public required int Shots { get; init; }

    public required int Queries { get; init; }

    public required TrainingOptions Options { get; init; }

    /// <summary>Only every n-th patch of the encoder's outputs is kept.</summary>
    public required int PatchStep { get; init; }

    /// <summary>Only every n-th row and column of the anomaly map is kept.</summary>
    public required int MapStep { get; init; }

    /// <exception cref="PromptADException">The metadata is incomplete or out of range.</exception>
    public static ModelReference Read(SafetensorsFile file, string path)
    {
        string Text(string key) => file.Metadata.TryGetValue(key, out string? value)
            ? value
            : throw new PromptADException(
                Problem.Missing, $"Reference '{path}' lacks '{key}' in its metadata. "
                + "Give a model reference with config, category, shots, prompts and optimizer.");
        try
        {
            using JsonDocument prompts = JsonDocument.Parse(Text("prompts")), optimizer = JsonDocument.Parse(Text("optimizer"));
            string category = Text("category"), steps = Text("subsampled");
            var reference = new ModelReference
            {
                Configuration = Text("config"),
                ObjectName = Text("object_name"),
                States = [.. PublishedPrompts.CommonStates, .. PublishedPrompts.StatesOf(category)],
                Shots = int.Parse(Text("shots")),
                Queries = int.Parse(Text("query_images")),
                Options = ReadOptions(prompts.RootElement, optimizer.RootElement, int.Parse(Text("epochs")), int.Parse(Text("map_size"))),
                PatchStep = Step(steps, "vision token axis"),
                MapStep = Step(steps, "anomaly_map"),
            };
            reference.Options.Validate();
            Check.Range(reference.Shots, 1, 64, "shots");
            Check.Range(reference.Queries, 1, 64, "query_images");
            return reference;
        }
        catch (Exception e) when (
            e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new PromptADException(
                Problem.Unreadable,
                $"The metadata of reference '{path}' cannot be read: {AtomicFile.Reason(e)}. Make or copy the file again.", e);
        }
    }

    private static TrainingOptions ReadOptions(JsonElement prompts, JsonElement optimizer, int epochs, int mapSize)
    {
        JsonElement normal = prompts.GetProperty("normal_prompts");
        return TrainingOptions.Published with
        {
            Prompts = new PromptOptions
            {
                ContextLength = prompts.GetProperty("context").GetInt32(),
                AnomalyContextLength = prompts.GetProperty("abnormal_context").GetInt32(),
                AnomalyContexts = prompts.GetProperty("learned_suffixes").GetInt32(),
                ImageContexts = normal.GetProperty("cls").GetInt32(),
                PixelContexts = normal.GetProperty("seg").GetInt32(),
            },
            Losses = new LossOptions
            {
                Margin = optimizer.GetProperty("margin").GetSingle(),
                AlignmentWeight = optimizer.GetProperty("lambda").GetSingle(),
            },
            Optimizer = new OptimizerOptions
            {
                Epochs = epochs,
                LearningRate = optimizer.GetProperty("lr").GetDouble(),
                MinimumLearningRate = optimizer.GetProperty("min_lr").GetDouble(),
                Momentum = optimizer.GetProperty("momentum").GetDouble(),
                WeightDecay = optimizer.GetProperty("weight_decay").GetDouble(),
            },
            Scoring = new ScoringOptions { MapSize = mapSize },
        };
    }

    /// <summary>
    /// The n of "::n" after a name, as in "vision token axis ::16; anomaly_map ::8,::8"; 1 where the name is not mentioned.
    /// </summary>
    private static int Step(string text, string name)
    {
        Match match = StepPattern().Match(text[Math.Max(0, text.IndexOf(name, StringComparison.Ordinal))..]);
        return text.Contains(name, StringComparison.Ordinal) && match.Success ? int.Parse(match.Groups[1].Value) : 1;
    }

    [GeneratedRegex(@"::(\d+)")]
    private static partial Regex StepPattern();
}
