// Stands in for the program of docs/csharp.md where it has been run once: trains for a moment, and predicts.
using PromptAD;
using PromptAD.Training;

try
{
    using Backbone backbone = new BackboneStore().Open();
    TrainingOptions usual = TrainingOptions.Recommended;
    var trainer = new PromptTrainer(backbone, "bolt", usual with { Optimizer = usual.Optimizer with { Epochs = 1 } });
    trainer.AddGood("good-1.png");
    using AnomalyDetector trained = trainer.Train();
    Console.WriteLine($"judged {trained.Predict("image.png").Verdict}");
    return 0;
}
catch (PromptADException e)
{
    Console.WriteLine(e.Message);
    return 1;
}
