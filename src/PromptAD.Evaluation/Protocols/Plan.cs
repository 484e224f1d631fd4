using PromptAD.Evaluation.Methods;
using PromptAD.Evaluation.Results;

namespace PromptAD.Evaluation.Protocols;

/// <summary>A run and what it takes.</summary>
/// <param name="Run">Which run.</param>
/// <param name="Draw">The pictures to learn from.</param>
/// <param name="Task">What to learn.</param>
/// <param name="PromptKey">The hash of what the prompts depend on.</param>
/// <param name="Fingerprint">The hash of what the result depends on.</param>
/// <param name="IsShown">Whether the result keeps pictures to look at.</param>
internal sealed record Plan(RunKey Run, ShotDraw Draw, PromptTask Task, string PromptKey, string Fingerprint, bool IsShown);

/// <summary>A run whose learning is over.</summary>
/// <param name="Plan">The run.</param>
/// <param name="Prompts">What was learned; null for a method without words.</param>
/// <param name="Seconds">How long learning took; 0 where the prompts were there already.</param>
internal sealed record Learned(Plan Plan, EpochPrompts? Prompts, double Seconds);
