// A program on the line: package PromptAD alone, and the detector that the engineer's program made.
using PromptAD;

using var detector = AnomalyDetector.Load("bolt.promptad");
Console.WriteLine($"judged {detector.Predict("image.png").Verdict}");
